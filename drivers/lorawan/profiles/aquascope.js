// Aqua-Scope water monitors and valve controllers (AQS).
// Written for Afferent after the maker's developers' manual ("uplink commands": a command, then its values, high byte
// first; several may follow each other).
// SPDX-License-Identifier: Apache-2.0
function u16(b, i) { return b[i] << 8 | b[i + 1]; }
function s16(b, i) { var v = u16(b, i); return v > 0x7FFF ? v - 0x10000 : v; }

var SENSORS = {
  0x01: ['temperature', function (b, i) { return s16(b, i) / 10; }],  // degrees Celsius
  0x03: ['uptime', u16],        // s
  0x10: ['pressure', u16],      // mbar
  0x11: ['consumption', u16],   // l since the last report
  0x13: ['battery', u16]
};

// Of command 7, by the state: bytes of the values behind it, and what they mean. Any other state is that of an open
// valve.
var STATES = {
  0x00: [0, function (b, i, d) { d.valve = 0; }],
  0x01: [4, function (b, i, d) { d.flow = 0; d.conumption_time = u16(b, i); d.conumption_liter = u16(b, i + 2); }],
  0x02: [0, function (b, i, d) { d.pc = 'ok'; }],
  0x03: [4, function (b, i, d) { d.pc = 'alarm'; d.diff = u16(b, i); d.elevation = u16(b, i + 2); }],
  0x04: [0, function (b, i, d) { d.pc = 'abort/flow'; }],
  0x05: [0, function (b, i, d) { d.pc = 'abort/heat'; }],
  0x06: [0, function (b, i, d) { d.pc = 'abort/valve'; }],
  0x07: [0, function (b, i, d) { d.pc = 'abort/flow'; }],
  0x08: [0, function (b, i, d) { d.pc = 'pending'; }],
  0x0F: [0, function (b, i, d) { d.flow = 1; }]
};
var OPEN = [0, function (b, i, d) { d.valve = 255; }];
function state(b, i) { return STATES[b[i]] || OPEN; }

// By command: bytes of its values, or a function that says how many, and what they mean.
var COMMANDS = {
  0x03: [3, function (b, i, d) { d.hw_version = b[i]; d.capabilities = u16(b, i + 1); }],
  0x04: [3, function (b, i, d) { d['config_' + b[i]] = u16(b, i + 1); }],
  0x06: [3, function (b, i, d) {
    var sensor = SENSORS[b[i]];
    if (sensor) d[sensor[0]] = sensor[1](b, i + 1); else d['sensor_' + b[i]] = u16(b, i + 1);
  }],
  0x07: [function (b, i) { return 1 + state(b, i)[0]; }, function (b, i, d) { state(b, i)[1](b, i + 1, d); }],
  // A line of its log, up to the end.
  0x08: [function (b, i) { return Math.max(1, b.length - i); }, function (b, i, d) {
    d.loglevel = b[i];
    d.log = String.fromCharCode.apply(null, b.slice(i + 1));
  }],
  0x0A: [4, function (b, i, d) { d.fw_version = (u16(b, i) * 65536) + u16(b, i + 2); }],
  0x0B: [4, function (b, i, d) { d.alarm_active = b[i] === 1; d.alarm = b[i + 1]; d.alarm_value = u16(b, i + 2); }],
  0x12: [3, function (b, i, d) { d.battery_voltage = b[i] / 10; d.battery_used_mah = u16(b, i + 1); }]
};

function decodeUplink(input) {
  var b = input.bytes, data = {}, warnings = [];
  if (input.fPort !== 1) return { errors: ['invalid FPort'] };
  for (var i = 0; i < b.length;) {
    var command = COMMANDS[b[i]], size = command && command[0];
    if (typeof size === 'function') size = size(b, i + 1);
    // Without its length nothing behind an unknown command can be found.
    if (!command || i + 1 + size > b.length) {
      warnings.push('byte ' + i + ': ' + (command ? 'cut short' : 'unknown command ' + b[i]));
      break;
    }
    command[1](b, i + 1, data);
    i += 1 + size;
  }
  if (Object.keys(data).length === 0) return { errors: warnings.length > 0 ? warnings : ['no command'] };
  return warnings.length > 0 ? { data: data, warnings: warnings } : { data: data };
}
