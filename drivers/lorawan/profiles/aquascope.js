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

// By command: bytes of its values, and what they mean.
var COMMANDS = {
  0x03: [3, function (b, i, d) { d.hw_version = b[i]; d.capabilities = u16(b, i + 1); }],
  0x04: [3, function (b, i, d) { d['config_' + b[i]] = u16(b, i + 1); }],
  0x06: [3, function (b, i, d) {
    var sensor = SENSORS[b[i]];
    if (sensor) d[sensor[0]] = sensor[1](b, i + 1); else d['sensor_' + b[i]] = u16(b, i + 1);
  }],
  0x07: [5, function (b, i, d) { d.state = b[i]; d.state_value_1 = u16(b, i + 1); d.state_value_2 = u16(b, i + 3); }],
  0x0A: [4, function (b, i, d) { d.fw_version = (u16(b, i) * 65536) + u16(b, i + 2); }],
  0x0B: [4, function (b, i, d) { d.alarm_active = b[i] === 1; d.alarm = b[i + 1]; d.alarm_value = u16(b, i + 2); }],
  0x12: [3, function (b, i, d) { d.battery_voltage = b[i] / 10; d.battery_used_mah = u16(b, i + 1); }]
};

function decodeUplink(input) {
  var b = input.bytes, data = {}, warnings = [];
  if (input.fPort !== 1) return { errors: ['invalid FPort'] };
  if (b.length === 2 && b[0] === 0x07) return { data: { valve: b[1] } };  // of a valve controller
  for (var i = 0; i < b.length;) {
    var command = COMMANDS[b[i]];
    // Without its length nothing behind an unknown command can be found.
    if (!command || i + 1 + command[0] > b.length) {
      warnings.push('byte ' + i + ': ' + (command ? 'cut short' : 'unknown command ' + b[i]));
      break;
    }
    command[1](b, i + 1, data);
    i += 1 + command[0];
  }
  if (Object.keys(data).length === 0) return { errors: warnings.length > 0 ? warnings : ['no command'] };
  return warnings.length > 0 ? { data: data, warnings: warnings } : { data: data };
}
