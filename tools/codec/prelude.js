// What scripts expect around them beside ES5: Node's Buffer, console, and library functions of later editions. Its value
// is the function that calls the script. Runs in each heap before the script.
(function (global) {
  'use strict';
  function add(target, functions) {
    for (var name in functions) {
      if (!(name in target)) {
        Object.defineProperty(target, name, { value: functions[name], writable: true, configurable: true });
      }
    }
  }
  function integer(value) { value = +value; return value !== value ? 0 : Math.trunc(value); }
  function within(value, length) {
    value = integer(value);
    return value < 0 ? Math.max(length + value, 0) : Math.min(value, length);
  }

  // Everything that can be walked over, as an array; an array is given back as it is.
  function list(from) {
    if (from === null || from === undefined) throw new TypeError(from + ' is not iterable');
    if (Array.isArray(from)) return from;
    var out = [], i;
    if (typeof from === 'string') {
      for (i = 0; i < from.length; i++) {
        var code = from.charCodeAt(i), pair = code >= 0xD800 && code < 0xDC00 && i + 1 < from.length;
        out.push(pair ? from.charAt(i) + from.charAt(++i) : from.charAt(i));
      }
      return out;
    }
    if (typeof from.__list === 'function') return from.__list();
    var make = from[Symbol.iterator];
    if (typeof make === 'function') from = make.call(from);
    if (typeof from.next === 'function') {
      for (var step = from.next(); !step.done; step = from.next()) out.push(step.value);
      return out;
    }
    if (typeof from.length !== 'number') throw new TypeError('the value is not iterable');
    for (i = 0; i < from.length; i++) out.push(from[i]);
    return out;
  }

  var arrays = {
    includes: function (what, from) {
      for (var i = within(from || 0, this.length); i < this.length; i++) {
        if (this[i] === what || (what !== what && this[i] !== this[i])) return true;
      }
      return false;
    },
    find: function (test, self) {
      for (var i = 0; i < this.length; i++) if (test.call(self, this[i], i, this)) return this[i];
    },
    findIndex: function (test, self) {
      for (var i = 0; i < this.length; i++) if (test.call(self, this[i], i, this)) return i;
      return -1;
    },
    findLast: function (test, self) {
      for (var i = this.length - 1; i >= 0; i--) if (test.call(self, this[i], i, this)) return this[i];
    },
    findLastIndex: function (test, self) {
      for (var i = this.length - 1; i >= 0; i--) if (test.call(self, this[i], i, this)) return i;
      return -1;
    },
    fill: function (value, from, to) {
      var end = to === undefined ? this.length : within(to, this.length);
      for (var i = within(from || 0, this.length); i < end; i++) this[i] = value;
      return this;
    },
    at: function (index) { index = integer(index); return this[index < 0 ? this.length + index : index]; },
    entries: function () { return list(this).map(function (value, i) { return [i, value]; }); },
    keys: function () { return list(this).map(function (value, i) { return i; }); },
    values: function () { return list(this).slice(); }
  };
  add(Array.prototype, arrays);
  add(Array.prototype, {
    flat: function (depth) {
      depth = depth === undefined ? 1 : integer(depth);
      return this.reduce(function (out, item) {
        return out.concat(Array.isArray(item) && depth > 0 ? item.flat(depth - 1) : [item]);
      }, []);
    },
    flatMap: function (call, self) { return this.map(call, self).flat(); },
    copyWithin: function (target, from, to) {
      var part = this.slice(from || 0, to), at = within(target, this.length);
      for (var i = 0; i < part.length && at + i < this.length; i++) this[at + i] = part[i];
      return this;
    }
  });
  function from(source, call, self) {
    if (source && typeof source === 'object' && !Array.isArray(source) && typeof source.length === 'number') {
      source = Array.prototype.slice.call(source);
      for (var i = 0; i < source.length; i++) source[i] = source[i];
    }
    var out = list(source && typeof source === 'object' && source.length === undefined && !source.__list &&
                   !source[Symbol.iterator] && !source.next ? [] : source).slice();
    return call ? out.map(function (value, i) { return call.call(self, value, i); }) : out;
  }
  add(Array, { from: from, of: function () { return Array.prototype.slice.call(arguments); } });

  function spaces(self, length, mark) {
    mark = mark === undefined ? ' ' : String(mark);
    var need = integer(length) - self.length;
    if (need <= 0 || mark === '') return '';
    return mark.repeat(Math.ceil(need / mark.length)).slice(0, need);
  }
  add(String.prototype, {
    padStart: function (length, mark) { var s = String(this); return spaces(s, length, mark) + s; },
    padEnd: function (length, mark) { var s = String(this); return s + spaces(s, length, mark); },
    trimStart: function () { return String(this).replace(/^\s+/, ''); },
    trimEnd: function () { return String(this).replace(/\s+$/, ''); },
    trimLeft: function () { return String(this).replace(/^\s+/, ''); },
    trimRight: function () { return String(this).replace(/\s+$/, ''); },
    at: function (index) { index = integer(index); return String(this)[index < 0 ? this.length + index : index]; },
    replaceAll: function (what, by) {
      if (what instanceof RegExp) return String(this).replace(what, by);
      return String(this).split(what).join(typeof by === 'function' ? by(what) : by);
    },
    matchAll: function (pattern) {
      var out = [], s = String(this), found, again = new RegExp(pattern.source, pattern.ignoreCase ? 'gi' : 'g');
      while ((found = again.exec(s)) !== null) { out.push(found); if (found[0] === '') again.lastIndex++; }
      return out;
    }
  });
  add(String, {
    raw: function (parts) {
      var out = '';
      for (var i = 0; i < parts.raw.length; i++) out += parts.raw[i] + (i + 1 < arguments.length ? arguments[i + 1] : '');
      return out;
    }
  });
  add(Object, {
    entries: function (o) { return Object.keys(o).map(function (k) { return [k, o[k]]; }); },
    values: function (o) { return Object.keys(o).map(function (k) { return o[k]; }); },
    fromEntries: function (pairs) { var o = {}; list(pairs).forEach(function (p) { o[p[0]] = p[1]; }); return o; },
    getOwnPropertyDescriptors: function (o) {
      var out = {};
      Object.getOwnPropertyNames(o).forEach(function (k) { out[k] = Object.getOwnPropertyDescriptor(o, k); });
      return out;
    }
  });
  add(Math, { fround: function (x) { return new Float32Array([x])[0]; } });
  add(Math, { expm1: function (x) { return Math.abs(x) < 1e-5 ? x + x * x / 2 : Math.exp(x) - 1; },
              log1p: function (x) { return Math.abs(x) < 1e-5 ? x - x * x / 2 : Math.log(1 + x); } });
  add(Number, { isFinite: function (x) { return typeof x === 'number' && isFinite(x); },
                isNaN: function (x) { return typeof x === 'number' && x !== x; } });

  function Collection(pairs, map) {
    Object.defineProperty(this, '__keys', { value: [] });
    Object.defineProperty(this, '__items', { value: [] });
    var self = this;
    if (pairs) list(pairs).forEach(function (p) { map ? self.set(p[0], p[1]) : self.add(p); });
  }
  function place(self, key) {
    for (var i = 0; i < self.__keys.length; i++) {
      if (self.__keys[i] === key || (key !== key && self.__keys[i] !== self.__keys[i])) return i;
    }
    return -1;
  }
  function methods(type, list_of) {
    add(type.prototype, {
      has: function (key) { return place(this, key) >= 0; },
      'delete': function (key) {
        var i = place(this, key);
        if (i >= 0) { this.__keys.splice(i, 1); this.__items.splice(i, 1); }
        return i >= 0;
      },
      clear: function () { this.__keys.length = this.__items.length = 0; },
      forEach: function (call, self) {
        for (var i = 0; i < this.__keys.length; i++) call.call(self, this.__items[i], this.__keys[i], this);
      },
      keys: function () { return this.__keys.slice(); },
      values: function () { return this.__items.slice(); },
      entries: function () { var v = this.__items; return this.__keys.map(function (k, i) { return [k, v[i]]; }); },
      __list: list_of
    });
    Object.defineProperty(type.prototype, 'size', { get: function () { return this.__keys.length; } });
  }
  function set(self, key, value) {
    var i = place(self, key);
    if (i < 0) { self.__keys.push(key); self.__items.push(value); } else { self.__items[i] = value; }
    return self;
  }
  if (typeof Map === 'undefined') {
    global.Map = global.WeakMap = function Map(pairs) { Collection.call(this, pairs, true); };
    add(Map.prototype, {
      get: function (key) { var i = place(this, key); return i < 0 ? undefined : this.__items[i]; },
      set: function (key, value) { return set(this, key, value); }
    });
    methods(Map, function () { return this.entries(); });
    global.Set = global.WeakSet = function Set(items) { Collection.call(this, items, false); };
    add(Set.prototype, { add: function (value) { return set(this, value, value); } });
    methods(Set, function () { return this.values(); });
  }

  // Typed arrays lack what arrays have.
  ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
   'Float32Array', 'Float64Array'].forEach(function (name) {
    var type = global[name], borrowed = {};
    ['forEach', 'map', 'filter', 'reduce', 'reduceRight', 'some', 'every', 'indexOf', 'lastIndexOf', 'join', 'reverse',
     'sort'].forEach(function (key) {
      borrowed[key] = function () {
        var result = Array.prototype[key].apply(Array.prototype.slice.call(this), arguments);
        if (key === 'reverse' || key === 'sort') { this.set(result); return this; }
        return Array.isArray(result) ? new type(result) : result;
      };
    });
    borrowed.slice = function (a, b) { return new type(Array.prototype.slice.call(this, a, b)); };
    add(type.prototype, borrowed);
    add(type.prototype, arrays);
    add(type, { from: function (source, call, self) { return new type(from(source, call, self)); },
                of: function () { return new type(Array.prototype.slice.call(arguments)); } });
  });

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
  function bytes_of(text, encoding) {
    switch (String(encoding || 'utf8').toLowerCase()) {
      case 'hex': return from_hex(text);
      case 'base64': case 'base64url': return from_base64(text);
      case 'ascii': case 'latin1': case 'binary': return latin(text);
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
      default: return new TextDecoder().decode(bytes);
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
  function wide(name, low_first, signed) {
    return function (at) {
      at = at || 0;
      if (at + 8 > this.length) throw new RangeError('index out of range');
      throw new TypeError(name + ': 64-bit integers (BigInt) are not supported');
    };
  }
  add(NodeBuffer.prototype, {
    readBigInt64LE: wide('readBigInt64LE'), readBigInt64BE: wide('readBigInt64BE'),
    readBigUInt64LE: wide('readBigUInt64LE'), readBigUInt64BE: wide('readBigUInt64BE'),
    equals: function (other) { return Array.prototype.join.call(this) === Array.prototype.join.call(other); },
    includes: arrays.includes, find: arrays.find, findIndex: arrays.findIndex, at: arrays.at, subarray: NodeBuffer.prototype.slice,
    swap16: function () { for (var i = 0; i + 1 < this.length; i += 2) { var t = this[i]; this[i] = this[i + 1]; this[i + 1] = t; } return this; },
    indexOf: function (value, start) {
      var wanted = typeof value === 'number' ? [value & 255] : list(NodeBuffer.from(value));
      for (var i = start || 0; i + wanted.length <= this.length; i++) {
        for (var j = 0; j < wanted.length && this[i + j] === wanted[j]; j++) ;
        if (j === wanted.length) return i;
      }
      return -1;
    }
  });
  ['UInt8', 'UInt16LE', 'UInt16BE', 'UInt32LE', 'UInt32BE', 'UIntLE', 'UIntBE'].forEach(function (name) {
    ['read', 'write'].forEach(function (verb) {
      NodeBuffer.prototype[verb + name.replace('UInt', 'Uint')] = NodeBuffer.prototype[verb + name];
    });
  });
  add(global, {
    atob: function (text) { return text_of(from_base64(String(text)), 'latin1'); },
    btoa: function (text) { return to_base64(latin(String(text))); }
  });

  function nothing() {}
  global.console = { log: nothing, warn: nothing, error: nothing, info: nothing, debug: nothing, trace: nothing,
                     table: nothing, assert: nothing, time: nothing, timeEnd: nothing };
  global.module = { exports: {} };
  global.exports = global.module.exports;
  global.require = function (name) {
    if (name === 'buffer' || name === 'node:buffer') return { Buffer: NodeBuffer };
    throw new Error("require('" + name + "') is not supported: a codec is one file");
  };

  // What lowered syntax calls.
  global.$list = list;
  global.$rest = function (o, without) {
    var out = {};
    Object.keys(o).forEach(function (k) { if (without.indexOf(k) < 0) out[k] = o[k]; });
    return out;
  };
  global.$object = function () {
    var out = {};
    for (var i = 0; i < arguments.length; i++) {
      var part = arguments[i];
      if (part !== null && part !== undefined) Object.keys(Object(part)).forEach(function (k) {
        var own = Object.getOwnPropertyDescriptor(part, k);
        if (own && (own.get || own.set) && i % 2 === 0) Object.defineProperty(out, k, own); else out[k] = part[k];
      });
    }
    return out;
  };
  global.$call = function (object, key, args) { return object[key].apply(object, args); };
  global.$new = function (type, args) { return new (Function.prototype.bind.apply(type, [null].concat(args)))(); };
  global.$class = function (type, parent, members, statics) {
    if (parent) {
      type.prototype = Object.create(parent.prototype);
      Object.setPrototypeOf(type, parent);
    }
    Object.defineProperty(type.prototype, 'constructor', { value: type, writable: true, configurable: true });
    [[type.prototype, members], [type, statics]].forEach(function (pair) {
      Object.getOwnPropertyNames(pair[1]).forEach(function (k) {
        var own = Object.getOwnPropertyDescriptor(pair[1], k);
        own.enumerable = false;
        Object.defineProperty(pair[0], k, own);
      });
    });
    return type;
  };
  ['$list', '$rest', '$object', '$call', '$new', '$class', 'module', 'exports', 'require', 'console'].forEach(function (k) {
    Object.defineProperty(global, k, { enumerable: false });
  });

  var own = { module: global.module, exports: global.exports };
  function pick(name) {
    if (typeof global[name] === 'function') return global[name];
    var out = own.module.exports;
    if (out && typeof out[name] === 'function') return out[name];
    if (out && out['default'] && typeof out['default'][name] === 'function') return out['default'][name];
    return name === 'decodeUplink' && typeof out === 'function' ? out : null;
  }
  function object(result, name) {
    if (result === null || typeof result !== 'object') {
      throw new TypeError(name + '() gave ' + (result === null ? 'null' : 'no object but ' + typeof result));
    }
    return result;
  }
  function decode(bytes, port, when, variables) {
    var call = pick('decodeUplink');
    if (call) return object(call({ bytes: bytes, fPort: port, recvTime: new Date(when), variables: variables }), 'decodeUplink');
    if ((call = pick('Decode'))) return { data: object(call(port, bytes, variables), 'Decode') };
    if ((call = pick('Decoder'))) return { data: object(call(bytes, port), 'Decoder') };
    throw new TypeError('the script has none of decodeUplink, Decode and Decoder');
  }
  function encode(data, port, variables) {
    var call = pick('encodeDownlink');
    if (call) return object(call({ data: data, fPort: port, variables: variables }), 'encodeDownlink');
    if ((call = pick('Encode'))) return { bytes: object(call(port, data, variables), 'Encode'), fPort: port };
    if ((call = pick('Encoder'))) return { bytes: object(call(data, port), 'Encoder'), fPort: port };
    throw new TypeError('the script has none of encodeDownlink, Encode and Encoder');
  }
  var parse = JSON.parse, stringify = JSON.stringify;
  return function (encoding, input, port, when, variables) {
    variables = variables === '' ? {} : parse(variables);
    var result = encoding ? encode(parse(input), port, variables) : decode(input, port, when, variables);
    if (encoding && result.bytes && !Array.isArray(result.bytes)) result.bytes = list(result.bytes).slice();
    return stringify(result);
  };
})(globalThis);
