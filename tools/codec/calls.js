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
    return null;
  }
  // Some export nothing but a decodeUplink of any name; beside Decode or Decoder it is another platform's.
  function bare() { return typeof own.module.exports === 'function' ? own.module.exports : null; }
  function object(result, name) {
    if (result === null || typeof result !== 'object') {
      throw new TypeError(name + '() gave ' + (result === null ? 'null' : 'no object but ' + typeof result));
    }
    return result;
  }
  function decode(bytes, port, when, variables) {
    var decoding = pick('Decode') || pick('Decoder');
    var call = pick('decodeUplink') || (decoding ? null : bare());
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
  var parse = JSON.parse, stringify = JSON.stringify, is_list = Array.isArray;
  function run(encoding, input, port, when, variables) {
    var result = encoding ? encode(parse(input), port, variables) : decode(input, port, when, variables);
    if (encoding && result.bytes && !is_list(result.bytes)) result.bytes = list(result.bytes).slice();
    return stringify(result);
  }
  return function (encoding, input, port, when, variables) {
    if (encoding === null) {
      if (ENTRIES.some(pick) || bare()) return '{}';
      throw new TypeError('the script has none of ' + ENTRIES.join(', '));
    }
    return run(encoding, input, port, when, variables === '' ? {} : parse(variables));
  };
})(globalThis, $es_list);
