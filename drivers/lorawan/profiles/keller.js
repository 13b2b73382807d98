// Keller ADT1 and ARC1 (box and tube): pressure transmitters. Function 1 holds the measured values, function 12 the
// state of the device.
// Written for Afferent after the maker's "LoRa data communication protocol" (function code, connection type, a bit for
// each channel, then a 4-byte float for each bit; high byte first).
// SPDX-License-Identifier: Apache-2.0
function u16(b, i) { return b[i] << 8 | b[i + 1]; }
function u32(b, i) { return (u16(b, i) * 65536) + u16(b, i + 2); }
function f32(b, i) { return new DataView(new Uint8Array(b.slice(i, i + 4)).buffer).getFloat32(0); }
function two(n) { return (n < 10 ? '0' : '') + n; }
function hex(b) { return b.map(function (x) { return (x < 16 ? '0' : '') + x.toString(16).toUpperCase(); }).join(''); }

// The connection types whose difference is that to the air; for the others it is that to the second transmitter.
var TO_AIR = [3, 5, 10, 12];
var NAMES = ['P1', 'P2', 'T', 'TOB1', 'TOB2', 'PBaro', 'TBaro', 'Volt Inp. 1', 'Volt Inp. 2'];

function name_of(type, channel) {
  if (channel === 0) return TO_AIR.indexOf(type) >= 0 ? 'Pd (P1-PBaro)' : 'Pd (P1-P2)';
  return NAMES[channel - 1] || 'channel ' + (channel + 1);
}

function values(b, data) {
  var bits = u16(b, 2), at = 4, text = bits.toString(2);
  data.ct = b[1];
  data.channel = new Array(17 - text.length).join('0') + text;
  data.channelCount = 0;
  for (var channel = 0; channel < 16; channel++) {
    if ((bits >> channel & 1) === 0) continue;
    if (at + 4 > b.length) return 'cut short at channel ' + (channel + 1);
    data[name_of(b[1], channel)] = f32(b, at);
    data.channelCount++;
    at += 4;
  }
  return null;
}

function state(b, data) {
  if (b.length < 20) return 'expected 20 bytes, not ' + b.length;
  // Seconds since the year 2000 on the device's own clock.
  var time = new Date((u32(b, 10) + 946684800) * 1000);
  data.class_group_text = b[2] + '.' + two(b[3]);
  data.sw_version_text = b[4] + '.' + two(b[5]);
  data.serial_number = u32(b, 6);
  data.device_local_datetime = time.toISOString().substr(0, 19).replace('T', ' ');
  data.battery_voltage = f32(b, 14);
  data.battery_capacity_percentage = b[18];
  data.humidity_percentage = b[19];
  return null;
}

function decodeUplink(input) {
  var b = input.bytes, data = { port: input.fPort, payload: hex(b), func: b[0] }, error;
  if (b.length < 4) return { errors: ['expected 4 bytes or more, not ' + b.length] };
  if (b[0] !== 1 && b[0] !== 12) return { errors: ['function ' + b[0] + ' is not known'] };
  error = b[0] === 1 ? values(b, data) : state(b, data);
  return error ? { errors: [error] } : { data: data, warnings: [], errors: [] };
}
