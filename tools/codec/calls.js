// Console and modules as scripts expect them. The value is the function that calls the script. Runs in each heap last.
(function (global, list) {
  'use strict';
  var NodeBuffer = global.Buffer;
  function nothing() {}
  global.console = {};
  ['log', 'warn', 'error', 'info', 'debug', 'trace', 'table', 'assert', 'time', 'timeEnd', 'timeLog', 'group', 'groupEnd',
   'groupCollapsed', 'dir', 'count', 'countReset', 'clear'].forEach(function (k) { global.console[k] = nothing; });
  global.module = { exports: {} };
  global.exports = global.module.exports;
  global.require = function (name) {
    if (name === 'buffer' || name === 'node:buffer') return { Buffer: NodeBuffer };
    throw new Error("require('" + name + "') is not supported: a codec is one file");
  };
  ['module', 'exports', 'require', 'console'].forEach(function (k) { Object.defineProperty(global, k, { enumerable: false }); });

  var ENTRIES = ['decodeUplink', 'Decode', 'Decoder', 'encodeDownlink', 'Encode', 'Encoder'];
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
  var parse = JSON.parse, stringify = JSON.stringify, names_of = Object.keys, prototype_of = Object.getPrototypeOf;
  var plain_object = Object.prototype, plain_list = Array.prototype, is_list = Array.isArray;

  // Whether a copy of its members says all that there is to say of it.
  function is_plain(value, depth) {
    if (value === null || typeof value !== 'object') return typeof value !== 'function';
    if (depth > 16 || prototype_of(value) !== (is_list(value) ? plain_list : plain_object)) return false;
    var names = names_of(value);
    for (var i = 0; i < names.length; i++) {
      if (names[i] === '__proto__' || !is_plain(value[names[i]], depth + 1)) return false;
    }
    return true;
  }
  function copy_of(value) {
    if (value === null || typeof value !== 'object') return value;
    var copy = is_list(value) ? [] : {}, names = names_of(value);
    for (var i = 0; i < names.length; i++) copy[names[i]] = copy_of(value[names[i]]);
    if (is_list(value)) copy.length = value.length;
    return copy;
  }
  function is_same(value, was) {
    if (was === null || typeof was !== 'object') return value === was || (value !== value && was !== was);
    if (value === null || typeof value !== 'object' || prototype_of(value) !== prototype_of(was)) return false;
    var names = names_of(was), found = names_of(value);
    if (found.length !== names.length || (is_list(was) && value.length !== was.length)) return false;
    for (var i = 0; i < names.length; i++) {
      if (found[i] !== names[i] || !is_same(value[names[i]], was[names[i]])) return false;
    }
    return true;
  }
  function json_of(value) {
    try { return stringify(value); } catch (e) { return null; }
  }
  // The script's own variables as they are when it has been loaded. Network servers run a script anew for each payload,
  // so many leave in them what belongs to one; it must not be seen with the next payload, maybe of another device.
  var first = null;
  function remember() {
    first = Object.create(null);
    names_of(global).forEach(function (k) {
      var value = global[k], simple = value === null || typeof value !== 'object';
      var json = !simple && is_plain(value, 0) ? json_of(value) : null;
      // A table is long, and is not written to.
      var short = !!json && json.length < 2000;
      first[k] = { simple: simple, short: short, value: short ? copy_of(value) : simple ? value : null };
    });
  }
  function restore() {
    var names = names_of(global);
    for (var i = 0; i < names.length; i++) {
      var was = first[names[i]];
      try {
        if (!was) delete global[names[i]];
        else if (was.simple) global[names[i]] = was.value;
        else if (was.short && !is_same(global[names[i]], was.value)) global[names[i]] = copy_of(was.value);
      } catch (e) { /* the script has made it its own */ }
    }
  }
  function run(encoding, input, port, when, variables) {
    var result = encoding ? encode(parse(input), port, variables) : decode(input, port, when, variables);
    if (encoding && result.bytes && !is_list(result.bytes)) result.bytes = list(result.bytes).slice();
    return stringify(result);
  }
  return function (encoding, input, port, when, variables) {
    if (encoding === null) {
      if (ENTRIES.some(pick)) return '{}';
      throw new TypeError('the script has none of ' + ENTRIES.join(', '));
    }
    if (!first) remember();
    try {
      return run(encoding, input, port, when, variables === '' ? {} : parse(variables));
    } finally {
      restore();
    }
  };
})(globalThis, $list);
