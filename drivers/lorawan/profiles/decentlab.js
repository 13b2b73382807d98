// Decentlab DL-LID (distance, LiDAR) and DL-PR21, DL-PR26 (pressure): which one, and the range of the pressure
// transmitter in bar, are the variables `product`, `minimum` and `maximum`.
// Written for Afferent after the maker's data sheets ("LoRaWAN payload": version, device, flags, then a group of 16-bit
// words for each flag, high byte first).
// SPDX-License-Identifier: Apache-2.0
function as_is(x) { return x; }
function mm(name) { return ['distance_' + name, 'Distance: ' + name.replace(/_/g, ' '), 'mm', as_is]; }
function range(variables, key, otherwise) {
  var value = parseFloat(variables[key]);
  return isFinite(value) ? value : otherwise;
}

var BATTERY = [['battery_voltage', 'Battery voltage', 'V', function (x) { return x / 1000; }]];
var GROUPS = {
  lid: [[mm('average'), mm('minimum'), mm('maximum'), mm('median'), mm('10th_percentile'), mm('25th_percentile'),
         mm('75th_percentile'), mm('90th_percentile'), mm('most_frequent_value'),
         ['number_of_samples', 'Number of samples', '', as_is],
         ['total_acquisition_time', 'Total acquisition time', 'ms', function (x) { return x / 1.024; }]], BATTERY],
  pressure: [[
    ['pressure', 'Pressure', 'bar', function (x, v) {
      var low = range(v, 'minimum', 0), high = range(v, 'maximum', 1);
      return (x - 16384) / 32768 * (high - low) + low;
    }],
    ['temperature', 'Temperature', '\u00b0C', function (x) { return (x - 384) / 320 - 50; }]], BATTERY]
};

function decodeUplink(input) {
  var b = input.bytes, groups = GROUPS[input.variables.product];
  function u16(i) { return b[i] << 8 | b[i + 1]; }
  if (!groups) return { errors: ['variable product: expected lid or pressure'] };
  if (b.length < 5) return { errors: ['expected 5 bytes or more, not ' + b.length] };
  if (b[0] !== 2) return { errors: ['protocol version ' + b[0] + ', not 2'] };
  var data = { protocol_version: b[0], device_id: u16(1) }, flags = u16(3), at = 5;
  for (var g = 0; g < groups.length; g++) {
    if ((flags >> g & 1) === 0) continue;
    if (at + 2 * groups[g].length > b.length) return { errors: ['cut short'] };
    groups[g].forEach(function (field) {
      var value = { displayName: field[1], value: field[3](u16(at), input.variables) };
      if (field[2] !== '') value.unit = field[2];
      data[field[0]] = value;
      at += 2;
    });
  }
  return { data: data };
}
