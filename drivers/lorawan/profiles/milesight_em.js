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

// By channel and type: bytes of the value, and what they mean.
var FIELDS = {
  0x0175: [1, function (b, i, d) { d.battery = b[i]; }],
  0x0367: [2, function (b, i, d) { d.temperature = s16(b, i) / 10; }],
  0x0377: [2, function (b, i, d) { d.depth = u16(b, i); }],
  0x037B: [2, function (b, i, d) { d.pressure = u16(b, i); }],
  0x0382: [2, function (b, i, d) { d.distance = u16(b, i); }],
  0x0400: [1, function (b, i, d) { d.position = b[i] === 0 ? 'normal' : 'tilt'; }],
  0x03CF: [7, function (b, i, d) {
    d.angle_x = s16(b, i) / 100; d.angle_y = s16(b, i + 2) / 100; d.angle_z = s16(b, i + 4) / 100;
    d.threshold_x = b[i + 6] & 1 ? 'trigger' : 'normal';
    d.threshold_y = b[i + 6] & 2 ? 'trigger' : 'normal';
    d.threshold_z = b[i + 6] & 4 ? 'trigger' : 'normal';
  }],
  0x03D4: [6, function (b, i, d) { angle(b, i, 'x', d); angle(b, i + 2, 'y', d); angle(b, i + 4, 'z', d); }]
};

function decodeUplink(input) {
  var b = input.bytes, data = {}, warnings = [];
  for (var i = 0; i + 2 <= b.length;) {
    var field = FIELDS[b[i] << 8 | b[i + 1]];
    // Without its length nothing behind an unknown field can be found.
    if (!field || i + 2 + field[0] > b.length) {
      warnings.push('byte ' + i + ': ' + (field ? 'cut short' : 'unknown field'));
      break;
    }
    field[1](b, i + 2, data);
    i += 2 + field[0];
  }
  if (warnings.length > 0 && Object.keys(data).length === 0) return { errors: warnings };
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
