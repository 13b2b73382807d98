// Dragino LDDS20 (ultrasonic, from below the tank) and LLDS12 (LiDAR) distance sensors, by the length of the payload.
// Written for Afferent after the maker's user manuals (uplink payload).
// SPDX-License-Identifier: Apache-2.0
function u16(b, i) { return b[i] << 8 | b[i + 1]; }
function celsius(b, i) { var v = u16(b, i); return ((v > 0x7FFF ? v - 0x10000 : v) / 10).toFixed(2); }

function decodeUplink(input) {
  var b = input.bytes, data = {};
  if (input.fPort !== 2) return { errors: ['unknown FPort'] };
  if (b.length !== 8 && b.length !== 11) return { errors: ['expected 8 or 11 bytes, not ' + b.length] };
  // These are the LLDS12's messages without a measurement.
  if (b.length === 11 && (b[0] === 0x03 || b[10] === 0x02)) return { data: data };
  data.Bat = (u16(b, 0) & 0x3FFF) / 1000;
  if (b.length === 8) {
    data.Distance = u16(b, 2) === 0 ? 'No Sensor' : u16(b, 2) < 20 ? 'Invalid Reading' : u16(b, 2) + ' mm';
    data.Interrupt_flag = b[4];
    data.TempC_DS18B20 = celsius(b, 5);
    data.Sensor_flag = b[7];
  } else {
    data.TempC_DS18B20 = celsius(b, 2);
    data.Lidar_distance = u16(b, 4) / 10;
    data.Lidar_signal = u16(b, 6);
    data.Interrupt_flag = b[8];
    data.Lidar_temp = b[9] > 0x7F ? b[9] - 0x100 : b[9];
    data.Message_type = b[10];
  }
  return { data: data };
}
