// Pepperl+Fuchs WILSEN.sonic.level: ultrasonic level sensor.
// Written for Afferent after the maker's "description of the payload": packages of length, 16-bit identifier and value,
// high byte first; an unknown package is passed over.
// SPDX-License-Identifier: Apache-2.0
function u16(b, i) { return b[i] << 8 | b[i + 1]; }
function i32(b, i) { return u16(b, i) << 16 | u16(b, i + 2); }
function u32(b, i) { return i32(b, i) >>> 0; }
function f32(b, i) { return new DataView(new Uint8Array(b.slice(i, i + 4)).buffer).getFloat32(0); }
function byte(b, i) { return b[i]; }
function text(b, i, n) { return String.fromCharCode.apply(null, b.slice(i, i + n)); }
function hex(b) { return b.map(function (x) { return (x < 16 ? '0' : '') + x.toString(16).toUpperCase(); }).join(''); }

// By identifier: bytes of the value (0: any), name, and how it is read; then the name of a second byte.
var PACKAGES = {
  0x0201: [4, 'temp', function (b, i) { return Math.round(f32(b, i) * 10) / 10; }],
  0x0B01: [2, 'proxx', u16],
  0x0B02: [2, 'proxx_mm', u16],
  0x0B06: [1, 'fillinglvl', byte],
  0x0B07: [1, 'amplitude', byte],
  0x0C01: [2, 'valve', byte, 'valveChecksum'],
  0x0C02: [1, 'valve_status', byte],
  0x0C03: [2, 'sensor_details', u16],
  0x0C04: [1, 'sensor_status', byte],
  0x2A25: [0, 'serial_nr', text],
  0x3101: [2, 'lora_count', u16],
  0x3102: [2, 'gps_count', u16],
  0x3103: [4, 'us_sensor_count', u32],
  0x3104: [4, 'sensing_count', u32],
  0x5001: [4, 'latitude', function (b, i) { return i32(b, i) / 1000000; }],
  0x5002: [4, 'longitude', function (b, i) { return i32(b, i) / 1000000; }],
  0x5101: [1, 'battery_vol', function (b, i) { return b[i] / 10; }]
};

function decodeUplink(input) {
  var b = input.bytes, data = {}, warnings = [], known = 0;
  for (var i = 0; i < b.length; i += 1 + b[i]) {
    if (b[i] < 2 || i + 1 + b[i] > b.length) return { errors: ['byte ' + i + ': a package that does not fit'] };
    var size = b[i] - 2, id = u16(b, i + 1), entry = PACKAGES[id];
    if (!entry || (entry[0] !== 0 && entry[0] !== size)) {
      warnings.push('byte ' + i + ': unknown package ' + hex(b.slice(i + 1, i + 3)));
      continue;
    }
    data[entry[1]] = entry[2](b, i + 3, size);
    if (entry[3]) data[entry[3]] = b[i + 4];
    known++;
  }
  if (known === 0) return { errors: warnings.length > 0 ? warnings : ['no package'] };
  data.payload = hex(b);
  return { data: data, errors: [], warnings: warnings };
}
