// Node's Buffer, and base64 as browsers have it. Runs in each heap behind library.js.
(function (global, list) {
  'use strict';
  function add(target, functions) {
    for (var name in functions) {
      if (!(name in target)) {
        Object.defineProperty(target, name, { value: functions[name], writable: true, configurable: true });
      }
    }
  }

  var symbols = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  function utf8(text) {
    var out = [], escaped = encodeURIComponent(text);
    for (var i = 0; i < escaped.length; i++) {
      if (escaped.charAt(i) === '%') { out.push(parseInt(escaped.substr(i + 1, 2), 16)); i += 2; }
      else out.push(escaped.charCodeAt(i));
    }
    return out;
  }
  function from_base64(text) {
    var out = [], bits = 0, held = 0;
    for (var i = 0; i < text.length; i++) {
      var c = text.charAt(i), value = symbols.indexOf(c === '-' ? '+' : c === '_' ? '/' : c);
      if (c === '=') break;
      if (value < 0) continue;
      held = (held << 6 | value) & 0xFFFFFF; bits += 6;
      if (bits >= 8) { bits -= 8; out.push(held >> bits & 255); }
    }
    return out;
  }
  function to_base64(bytes) {
    var out = '';
    for (var i = 0; i < bytes.length; i += 3) {
      var three = bytes[i] << 16 | (bytes[i + 1] || 0) << 8 | (bytes[i + 2] || 0);
      out += symbols.charAt(three >> 18) + symbols.charAt(three >> 12 & 63) +
             (i + 1 < bytes.length ? symbols.charAt(three >> 6 & 63) : '=') +
             (i + 2 < bytes.length ? symbols.charAt(three & 63) : '=');
    }
    return out;
  }
  function from_hex(text) {
    var out = [];
    for (var i = 0; i + 1 < text.length; i += 2) {
      var pair = text.substr(i, 2);
      if (!/^[0-9a-fA-F]{2}$/.test(pair)) break;
      out.push(parseInt(pair, 16));
    }
    return out;
  }
  function latin(text) { var out = []; for (var i = 0; i < text.length; i++) out.push(text.charCodeAt(i) & 255); return out; }
  function utf16(text) {
    var out = [];
    for (var i = 0; i < text.length; i++) out.push(text.charCodeAt(i) & 255, text.charCodeAt(i) >> 8);
    return out;
  }
  function bytes_of(text, encoding) {
    switch (String(encoding || 'utf8').toLowerCase()) {
      case 'hex': return from_hex(text);
      case 'base64': case 'base64url': return from_base64(text);
      case 'ascii': case 'latin1': case 'binary': return latin(text);
      case 'utf16le': case 'utf-16le': case 'ucs2': case 'ucs-2': return utf16(text);
      default: return utf8(text);
    }
  }
  function text_of(bytes, encoding) {
    var out = '', i;
    switch (String(encoding || 'utf8').toLowerCase()) {
      case 'hex':
        for (i = 0; i < bytes.length; i++) out += (bytes[i] < 16 ? '0' : '') + bytes[i].toString(16);
        return out;
      case 'base64': return to_base64(bytes);
      case 'base64url': return to_base64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
      case 'ascii':
        for (i = 0; i < bytes.length; i++) out += String.fromCharCode(bytes[i] & 127);
        return out;
      case 'latin1': case 'binary':
        for (i = 0; i < bytes.length; i++) out += String.fromCharCode(bytes[i]);
        return out;
      case 'utf16le': case 'utf-16le': case 'ucs2': case 'ucs-2':
        for (i = 0; i + 1 < bytes.length; i += 2) out += String.fromCharCode(bytes[i] | bytes[i + 1] << 8);
        return out;
      default: return new TextDecoder().decode(new Uint8Array(bytes));
    }
  }
  var NodeBuffer = global.Buffer;
  function buffer(list_of_bytes) { return new NodeBuffer(list_of_bytes); }
  NodeBuffer.from = function (source, encoding, length) {
    if (typeof source === 'string') return buffer(bytes_of(source, encoding));
    if (source instanceof ArrayBuffer) return buffer(new Uint8Array(source, encoding || 0, length));
    if (source && source.type === 'Buffer' && Array.isArray(source.data)) source = source.data;
    return buffer(Array.prototype.map.call(list(source), function (b) { return b & 255; }));
  };
  NodeBuffer.alloc = function (size, value) { var b = new NodeBuffer(size); b.fill(value === undefined ? 0 : value); return b; };
  NodeBuffer.allocUnsafe = NodeBuffer.alloc;
  var plain_text = NodeBuffer.prototype.toString;
  NodeBuffer.prototype.toString = function (encoding, from_index, to_index) {
    if (!encoding && from_index === undefined) return plain_text.call(this);
    return text_of(Array.prototype.slice.call(this, from_index || 0, to_index), encoding);
  };
  function wide(verb, low_first) {
    return function (at) {
      at = at || 0;
      if (at + 8 > this.length) throw new RangeError('index out of range');
      return new DataView(this.buffer, this.byteOffset, this.length)[verb](at, low_first);
    };
  }
  function swap(size) {
    return function () {
      if (this.length % size) throw new RangeError('the length is no multiple of ' + size);
      for (var i = 0; i < this.length; i += size) this.set(list(this.slice(i, i + size)).reverse(), i);
      return this;
    };
  }
  function find_bytes(self, value, start, step) {
    var wanted = typeof value === 'number' ? [value & 255] : list(NodeBuffer.from(value));
    for (var i = start; i >= 0 && i < self.length; i += step) {
      for (var j = 0; j < wanted.length && self[i + j] === wanted[j]; j++) ;
      if (j === wanted.length) return i;
    }
    return -1;
  }
  add(NodeBuffer.prototype, {
    readBigInt64LE: wide('getBigInt64', true), readBigInt64BE: wide('getBigInt64', false),
    readBigUInt64LE: wide('getBigUint64', true), readBigUInt64BE: wide('getBigUint64', false),
    readBigUint64LE: wide('getBigUint64', true), readBigUint64BE: wide('getBigUint64', false),
    equals: function (other) { return Array.prototype.join.call(this) === Array.prototype.join.call(other); },
    find: Array.prototype.find, findIndex: Array.prototype.findIndex, at: Array.prototype.at,
    swap16: swap(2), swap32: swap(4), swap64: swap(8)
  });
  // Typed arrays have these, with another meaning.
  NodeBuffer.prototype.subarray = NodeBuffer.prototype.slice;
  NodeBuffer.prototype.indexOf = function (value, start) { return find_bytes(this, value, start || 0, 1); };
  NodeBuffer.prototype.lastIndexOf = function (value) { return find_bytes(this, value, this.length - 1, -1); };
  NodeBuffer.prototype.includes = function (value, start) { return find_bytes(this, value, start || 0, 1) >= 0; };
  ['UInt8', 'UInt16LE', 'UInt16BE', 'UInt32LE', 'UInt32BE', 'UIntLE', 'UIntBE'].forEach(function (name) {
    ['read', 'write'].forEach(function (verb) {
      NodeBuffer.prototype[verb + name.replace('UInt', 'Uint')] = NodeBuffer.prototype[verb + name];
    });
  });
  add(global, {
    atob: function (text) { return text_of(from_base64(String(text)), 'latin1'); },
    btoa: function (text) { return to_base64(latin(String(text))); }
  });
})(globalThis, $es_list);
