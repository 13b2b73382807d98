// Milesight EM300 and EM500 families: level, depth, pressure and tilt sensors that send type-length-value triples.
// Written for Afferent after the maker's user guides ("payload": channel, type, value, low byte first).
// SPDX-License-Identifier: Apache-2.0
function u16(b, i) { return b[i + 1] << 8 | b[i]; }
function s16(b, i) { var v = u16(b, i); return v > 0x7FFF ? v - 0x10000 : v; }

// EM320-TILT: angle in 0.01 deg, times two; the lowest bit says that the threshold is passed.
function angle(b, i, axis, d) {
  d['angle_' + axis] = (s16(b, i) >> 1) / 100;
  d['threshold_' + axis] = (b[i] & 1) === 1 ? 'trigger' : 'normal';
}

function hex(b) { return b.map(function (x) { return (x < 16 ? '0' : '') + x.toString(16); }).join(''); }
function version(b, i, digits) { return 'v' + b[i] + '.' + (digits === 1 ? b[i + 1] >> 4 : b[i + 1]); }
function nothing() {}

// By channel and type: bytes of the value, and what they mean.
var FIELDS = {
  0x0175: [1, function (b, i, d) { d.battery = b[i]; }],
  0x0367: [2, function (b, i, d) { d.temperature = s16(b, i) / 10; }],
  0x0377: [2, function (b, i, d) {
    if (u16(b, i) === 0xFFFF) d.depth_status = 'collection failed';
    else if (u16(b, i) === 0xFFFD) d.depth_status = 'out of range';
    else d.depth = u16(b, i);
  }],
  0x037B: [2, function (b, i, d) { d.pressure = s16(b, i); }],
  0x0382: [2, function (b, i, d) { d.distance = u16(b, i); }],
  0x0400: [1, function (b, i, d) { d.position = b[i] === 0 ? 'normal' : 'tilt'; }],
  0x03CF: [7, function (b, i, d) {
    d.angle_x = s16(b, i) / 100; d.angle_y = s16(b, i + 2) / 100; d.angle_z = s16(b, i + 4) / 100;
    d.threshold_x = b[i + 6] & 1 ? 'trigger' : 'normal';
    d.threshold_y = b[i + 6] & 2 ? 'trigger' : 'normal';
    d.threshold_z = b[i + 6] & 4 ? 'trigger' : 'normal';
  }],
  0x03D4: [6, function (b, i, d) { angle(b, i, 'x', d); angle(b, i + 2, 'y', d); angle(b, i + 4, 'z', d); }],
  // EM500: what was measured while there was no network, s since 1970 and the value.
  0x20CE: [6, function (b, i, d) {
    (d.history = d.history || []).push({ timestamp: (u16(b, i + 2) * 65536) + u16(b, i), value: u16(b, i + 4) });
  }],
  0xFF01: [1, function (b, i, d) { d.ipso_version = 'v' + (b[i] >> 4) + '.' + (b[i] & 15); }],
  0xFF09: [2, function (b, i, d) { d.hardware_version = version(b, i, 1); }],
  0xFF0A: [2, function (b, i, d) { d.firmware_version = version(b, i); }],
  0xFF0B: [1, function (b, i, d) { d.device_status = 'on'; }],
  0xFF0F: [1, function (b, i, d) { d.lorawan_class = 'Class ' + (['A', 'B', 'C', 'CtoB'][b[i]] || b[i]); }],
  0xFF16: [8, function (b, i, d) { d.sn = hex(b.slice(i, i + 8)); }],
  0xFF1B: [5, nothing],
  0xFFFE: [1, function (b, i, d) { d.reset_event = 'reset'; }],
  0xFFFF: [2, function (b, i, d) { d.tsl_version = version(b, i); }]
};

// Answers to downlinks, channels FE and FF: bytes by type. They repeat what was set.
var ANSWERS = {
  0x02: 2, 0x03: 2, 0x06: 9, 0x10: 1, 0x11: 4, 0x17: 2, 0x1C: 2, 0x27: 1, 0x28: 1, 0x35: 8, 0x3B: 1, 0x4A: 1, 0x62: 1,
  0x63: 8, 0x68: 1, 0x69: 1, 0x6A: 3, 0x84: 1, 0x96: 8, 0xF1: 4, 0xF2: 2, 0xF5: 1
};

function field_of(channel, type) {
  var field = FIELDS[channel << 8 | type];
  if (field || channel < 0xFE || !ANSWERS[type]) return field;
  return [ANSWERS[type], nothing];
}

function decodeUplink(input) {
  var b = input.bytes, data = {}, warnings = [], known = 0;
  for (var i = 0; i + 2 <= b.length;) {
    var field = field_of(b[i], b[i + 1]);
    // Without its length nothing behind an unknown field can be found.
    if (!field || i + 2 + field[0] > b.length) {
      warnings.push('byte ' + i + ': ' + (field ? 'cut short' : 'unknown field'));
      break;
    }
    field[1](b, i + 2, data);
    known++;
    i += 2 + field[0];
  }
  if (known === 0 && warnings.length > 0) return { errors: warnings };
  return warnings.length > 0 ? { data: data, warnings: warnings } : { data: data };
}

// data: {reboot: true} or {report_interval: seconds}.
function encodeDownlink(input) {
  var seconds = input.data.report_interval;
  if (input.data.reboot) return { fPort: 85, bytes: [0xFF, 0x10, 0xFF] };
  if (typeof seconds !== 'number' || seconds < 60 || seconds > 64800) {
    return { errors: ['expected reboot, or report_interval of 60 to 64800 s'] };
  }
  return { fPort: 85, bytes: [0xFF, 0x03, seconds & 0xFF, seconds >> 8] };
}
