// Netvox R718 and R311 families: level, depth, tilt, vibration and leak sensors that share one application protocol.
// Written for Afferent after the maker's "LoRaWAN application command": port 6 reports, port 7 answers to commands.
// SPDX-License-Identifier: Apache-2.0
var NAMES = {
  0x06: 'R311W', 0x32: 'R718WA', 0x34: 'R718X', 0x5A: 'R311WA', 0x9A: 'R718EA', 0x9B: 'R718PA22', 0xA8: 'R311DA',
  0xB1: 'R718PE'
};

function u16(b, i) { return b[i] << 8 | b[i + 1]; }
function s16(b, i) { var v = u16(b, i); return v > 0x7FFF ? v - 0x10000 : v; }
function s8(b, i) { return b[i] > 0x7F ? b[i] - 0x100 : b[i]; }
function bcd(b) { return ('0' + b.toString(16)).slice(-2); }
function leak(v) { return v === 0 ? 'NoLeak' : 'Leak'; }
function onoff(v) { return v === 0 ? 'OFF' : 'ON'; }

// Report 1 of each device, from byte 4 on.
var REPORTS = {
  0x06: function (b, d) { d.WaterLeak_1 = leak(b[4]); d.WaterLeak_2 = leak(b[5]); },
  0x32: function (b, d) { d.WaterLeak = leak(b[4]); },
  0x34: function (b, d) {
    d.Status = onoff(b[4]); d.Distance = u16(b, 5); d.Temp = s16(b, 7) / 10;
    d.FillLevel = b[9]; d.AngleOfInclination = b[10];
  },
  0x5A: function (b, d) { d.Status_1 = onoff(b[4]); d.Status_2 = onoff(b[5]); },
  0x9A: function (b, d) { d.AngleX = s8(b, 4); d.AngleY = s8(b, 5); d.AngleZ = s8(b, 6); d.Temp = s16(b, 7) / 10; },
  0x9B: function (b, d) { d.Depth = u16(b, 4); d.Temp = s16(b, 6); d.InstallStatus = b[8] === 0 ? 'Success' : 'Failure'; },
  0xA8: function (b, d) { d.status = b[4]; },
  0xB1: function (b, d) { d.Status = onoff(b[4]); d.Distance = u16(b, 5); d.FillLevel = b[7]; }
};

// What the answer to "read configuration" (82) holds from byte 7 on.
var CONFIGURATIONS = {
  0x34: function (b, d) { d.DistanceChange = u16(b, 7); d.TempChange = u16(b, 9) / 10; },
  0x5A: function (b, d) { d.SensorDisableTime = u16(b, 7); d.SensorDetectionTime = u16(b, 9); },
  0x9A: function (b, d) { d.AngleChange = b[7]; d.TempChange = b[8] / 10; },
  0x9B: function (b, d) { d.DepthChange = u16(b, 7); d.TempChange = b[9]; },
  0xB1: function (b, d) { d.DistanceChange = u16(b, 7); }
};

function status(b, d) { d.Status = b[2] === 0 ? 'Success' : 'Failure'; }
var DISTANCES = {
  0x83: ['SetOnDistanceThresholdRsp', status],
  0x84: ['GetOnDistanceThresholdRsp', function (b, d) { d.OnDistanceThreshold = u16(b, 2); }],
  0x85: ['SetFillMaxDistanceRsp', status],
  0x86: ['GetFillMaxDistanceRsp', function (b, d) { d.FillMaxDistance = u16(b, 2); }],
  0x8B: ['SetDeadZoneDistanceRsp', status],
  0x8C: ['GetDeadZoneDistanceRsp', function (b, d) { d.DeadZoneDistance = u16(b, 2); }]
};
var COMMANDS = {
  0x34: DISTANCES,
  0xB1: DISTANCES,
  0x9A: {
    0x83: ['SetActiveThresholdRsp', status],
    0x84: ['GetActiveThresholdRsp', function (b, d) { d.Threshold = u16(b, 2); d.InActiveTime = b[4]; }]
  },
  0x9B: {
    0x83: ['SetMeasureTypeRsp', status],
    0x84: ['GetMeasureTypeRsp', function (b, d) { d.MeasureType = b[2] === 1 ? 'Water' : 'Type ' + b[2]; }]
  }
};

function report(b, data) {
  data.Device = NAMES[b[1]];
  if (b[2] === 0) {
    data.SWver = b[3] / 10;
    data.HWver = b[4];
    data.Datecode = bcd(b[5]) + bcd(b[6]) + bcd(b[7]) + bcd(b[8]);
  } else {
    data.Volt = (b[3] & 0x7F) / 10;
    if (b[3] & 0x80) data.LowBattery = true;
    REPORTS[b[1]](b, data);
  }
}

function answer(b, data) {
  var special = COMMANDS[b[1]] && COMMANDS[b[1]][b[0]];
  data.Device = NAMES[b[1]];
  if (b[0] === 0x81) {
    data.Cmd = 'ConfigReportRsp';
    status(b, data);
  } else if (b[0] === 0x82) {
    data.Cmd = 'ReadConfigReportRsp';
    data.MinTime = u16(b, 2);
    data.MaxTime = u16(b, 4);
    data.BatteryChange = b[6] / 10;
    if (CONFIGURATIONS[b[1]]) CONFIGURATIONS[b[1]](b, data);
  } else if (special) {
    data.Cmd = special[0];
    special[1](b, data);
  } else {
    return false;
  }
  return true;
}

function decodeUplink(input) {
  var b = input.bytes, data = {};
  if (input.fPort !== 6 && input.fPort !== 7) return { errors: ['unknown FPort'] };
  if (b.length < 11) return { errors: ['expected 11 bytes, not ' + b.length] };
  if (!NAMES[b[1]]) return { errors: ['device type ' + b[1] + ' is not known'] };
  if (input.fPort === 6) report(b, data);
  else if (!answer(b, data)) return { errors: ['command ' + b[0] + ' is not known'] };
  return { data: data };
}
