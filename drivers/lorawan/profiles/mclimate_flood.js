// MClimate Flood Sensor.
// Written for Afferent after the maker's "keep-alive" page: reason and states, battery in 16 mV, temperature with sign.
// SPDX-License-Identifier: Apache-2.0
var REASONS = { 0: 'keepalive', 1: 'testButtonPressed', 2: 'floodDetected', 3: 'fraudDetected' };

function decodeUplink(input) {
  var b = input.bytes, data;
  if (b.length < 2) return { errors: ['expected 2 bytes or more, not ' + b.length] };
  data = {
    reason: REASONS[b[0] >> 5] || 'reserved',
    boxTamper: (b[0] & 0x08) !== 0,
    flood: (b[0] & 0x02) !== 0,
    battery: b[1] * 16 / 1000
  };
  if (b.length > 2) data.temperature = (b[2] & 0x80) !== 0 ? -(b[2] & 0x7F) : b[2];
  return { data: data };
}

// data: {keepalive: minutes}.
function encodeDownlink(input) {
  var minutes = input.data.keepalive;
  if (typeof minutes !== 'number' || minutes % 1 !== 0 || minutes < 1 || minutes > 255) {
    return { errors: ['expected keepalive of 1 to 255 minutes'] };
  }
  return { fPort: 2, bytes: [0x02, minutes] };
}
