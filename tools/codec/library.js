// Library functions of later editions than ES5. Runs in each heap behind iteration.js.
(function (global, walking) {
  'use strict';
  var list = walking.list, dense = walking.dense, walker = walking.walker, walked_by = walking.walked_by;
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
    entries: function () { return walker(this, 'entries'); },
    keys: function () { return walker(this, 'keys'); },
    values: function () { return walker(this); }
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
    },
    toSorted: function (call) { return dense(this).sort(call); },
    toReversed: function () { return dense(this).reverse(); },
    toSpliced: function () { var out = dense(this); out.splice.apply(out, arguments); return out; },
    'with': function (index, value) {
      var out = dense(this), at = integer(index);
      if (at < -out.length || at >= out.length) throw new RangeError('no element ' + index);
      out[at < 0 ? out.length + at : at] = value;
      return out;
    }
  });
  // Duktape's does not keep the order of what is equal.
  var sort = Array.prototype.sort;
  Object.defineProperty(Array.prototype, 'sort', { value: function (call) {
    if (call !== undefined && typeof call !== 'function') throw new TypeError('sort: the comparison is no function');
    var items = [], length = this.length, empty = 0, holes = 0;
    for (var i = 0; i < length; i++) {
      if (!(i in this)) holes++;
      else if (this[i] === undefined) empty++;
      else items.push([this[i], items.length, call ? '' : String(this[i])]);
    }
    sort.call(items, function (a, b) {
      var order = call ? +call(a[0], b[0]) : a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0;
      return order || a[1] - b[1];
    });
    for (i = 0; i < items.length; i++) this[i] = items[i][0];
    for (; i < items.length + empty; i++) this[i] = undefined;
    for (; i < length; i++) delete this[i];
    return this;
  } });
  function from(source, call, self) {
    var walks = typeof source === 'string' || Array.isArray(source) || source[Symbol.iterator] || source.next;
    var out = [], length = walks ? 0 : integer(source.length);
    if (walks) out = dense(source);
    for (var i = 0; i < length; i++) out.push(source[i]);
    return call ? out.map(function (value, k) { return call.call(self, value, k); }) : out;
  }
  add(Array, { from: from, of: function () { return Array.prototype.slice.call(arguments); } });

  // Duktape does not know the flags s and u; those of a literal are taken off before it sees them.
  global.RegExp = (function (Pattern) {
    var plain = /^(?:[^\\]|\\(?!u\{|[pP]\{)[\s\S])*$/, part = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\./g;
    function dotted(text) { return text === '.' ? '[\\s\\S]' : text; }
    function RegExp(pattern, flags) {
      if (flags === undefined) return this instanceof RegExp ? new Pattern(pattern) : Pattern(pattern);
      var how = String(flags);
      var text = pattern instanceof Pattern ? pattern.source : pattern === undefined ? '' : String(pattern);
      if (how.indexOf('u') >= 0 && !plain.test(text)) {
        throw new SyntaxError('\\u{} and \\p{} in regular expressions are not supported');
      }
      if (how.indexOf('s') >= 0) text = text.replace(part, dotted);
      return new Pattern(text, how.replace(/[us]/g, ''));
    }
    RegExp.prototype = Pattern.prototype;
    Object.defineProperty(RegExp.prototype, 'constructor', { value: RegExp, writable: true, configurable: true });
    return RegExp;
  })(global.RegExp);

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
      return String(this).replace(new RegExp(String(what).replace(/[\\^$.*+?()[\]{}|\/]/g, '\\$&'), 'g'), by);
    },
    matchAll: function (pattern) {
      var out = [], s = String(this), found, again = new RegExp(pattern.source, pattern.ignoreCase ? 'gi' : 'g');
      while ((found = again.exec(s)) !== null) { out.push(found); if (found[0] === '') again.lastIndex++; }
      return walker(out);
    },
    normalize: function () {
      if (/^[\0-\x7f]*$/.test(this)) return String(this);
      throw new TypeError('normalize: not supported for other than ASCII');
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
    },
    hasOwn: function (o, k) { return Object.prototype.hasOwnProperty.call(o, k); },
    groupBy: function (items, call) {
      var out = {};
      list(items).forEach(function (item, i) { var k = call(item, i); (out[k] = out[k] || []).push(item); });
      return out;
    }
  });
  Object.defineProperty(Symbol.prototype, 'description', { get: function () {
    var text = String(this).slice(7, -1);
    return text === '' ? undefined : text;
  }, configurable: true });
  add(global, { structuredClone: function clone(value) {
    if (value === null || typeof value !== 'object') return value;
    if (value instanceof Date) return new Date(value.getTime());
    var out = Array.isArray(value) ? [] : {};
    Object.keys(value).forEach(function (k) { out[k] = clone(value[k]); });
    return out;
  } });
  // Duktape's is off by a digit even where the root is whole; one step of Newton's method sets it right.
  Math.cbrt = function (x) {
    x = +x;
    if (!isFinite(x) || x === 0) return x;
    var y = Math.pow(Math.abs(x), 1 / 3), whole = Math.round(y);
    y = whole * whole * whole === Math.abs(x) ? whole : y - (y - Math.abs(x) / y / y) / 3;
    return x < 0 ? -y : y;
  };
  Object.defineProperty(Math, 'cbrt', { enumerable: false });
  add(Math, { fround: function (x) { return new Float32Array([x])[0]; } });
  add(Math, { expm1: function (x) { return Math.abs(x) < 1e-5 ? x + x * x / 2 : Math.exp(x) - 1; },
              log1p: function (x) { return Math.abs(x) < 1e-5 ? x - x * x / 2 : Math.log(1 + x); },
              sinh: function (x) { return Math.abs(x) < 1e-5 ? +x : (Math.exp(x) - Math.exp(-x)) / 2; },
              cosh: function (x) { return (Math.exp(x) + Math.exp(-x)) / 2; },
              tanh: function (x) { var y = Math.exp(-2 * Math.abs(x)); return (x < 0 ? -1 : 1) * (1 - y) / (1 + y); },
              asinh: function (x) { return x === 0 || !isFinite(x) ? +x : (x < 0 ? -1 : 1) * Math.log(Math.abs(x) + Math.sqrt(x * x + 1)); },
              acosh: function (x) { return Math.log(+x + Math.sqrt(x * x - 1)); },
              atanh: function (x) { return x === 0 ? +x : Math.log((1 + +x) / (1 - x)) / 2; } });
  add(Number, { isFinite: function (x) { return typeof x === 'number' && isFinite(x); },
                isNaN: function (x) { return typeof x === 'number' && x !== x; } });
  // Duktape takes the language for a base. Any language is English here.
  Object.defineProperty(Number.prototype, 'toLocaleString', { value: function (language, options) {
    var x = +this, o = options || {}, least = o.minimumFractionDigits || 0;
    if (!isFinite(x)) return x !== x ? 'NaN' : x < 0 ? '-\u221e' : '\u221e';
    var parts = Math.abs(x).toFixed(o.maximumFractionDigits === undefined ? Math.max(least, 3) : o.maximumFractionDigits).split('.');
    var rest = (parts[1] || '').replace(/0+$/, '');
    while (rest.length < least) rest += '0';
    var whole = o.useGrouping === false ? parts[0] : parts[0].replace(/\B(?=(\d{3})+$)/g, ',');
    return (x < 0 ? '-' : '') + whole + (rest ? '.' + rest : '');
  } });

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
  function pairs_of(map) { return map.__keys.map(function (key, i) { return [key, map.__items[i]]; }); }
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
      keys: function () { return walker(this.__keys.slice()); },
      values: function () { return walker(this.__items.slice()); },
      entries: function () { return walker(pairs_of(this)); }
    });
    Object.defineProperty(type.prototype, 'size', { get: function () { return this.__keys.length; } });
    walked_by(type, function (self) { return walker(list_of(self)); });
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
    methods(Map, pairs_of);
    global.Set = global.WeakSet = function Set(items) { Collection.call(this, items, false); };
    add(Set.prototype, { add: function (value) { return set(this, value, value); } });
    methods(Set, function (set) { return set.__items.slice(); });
  }

  // Duktape's typed arrays know no iterators to be made of, and lack what arrays have.
  function typed(name, real) {
    function made(a, b, c) {
      if (!(this instanceof made)) throw new TypeError(name + ' wants new');
      switch (arguments.length) {
        case 0: return new real();
        case 1: return new real(walking.is_walked(a) ? list(a) : a);
        case 2: return new real(a, b);
        default: return new real(a, b, c);
      }
    }
    made.prototype = real.prototype;
    Object.setPrototypeOf(made, Object.getPrototypeOf(real));
    Object.defineProperty(real.prototype, 'constructor', { value: made, writable: true, configurable: true });
    [['name', name], ['BYTES_PER_ELEMENT', real.BYTES_PER_ELEMENT]].forEach(function (pair) {
      Object.defineProperty(made, pair[0], { value: pair[1], configurable: true });
    });
    return Object.defineProperty(global, name, { value: made, enumerable: false })[name];
  }
  var types = {}, tag = Object.prototype.toString, shared = {};
  function like(self, items) { return new types[tag.call(self).slice(8, -1)](items); }
  ['forEach', 'map', 'filter', 'reduce', 'reduceRight', 'some', 'every', 'indexOf', 'lastIndexOf', 'join', 'reverse',
   'sort'].forEach(function (key) {
    shared[key] = function (call) {
      var how = key === 'sort' && !call ? [function (a, b) { return a - b; }] : arguments;
      var result = Array.prototype[key].apply(Array.prototype.slice.call(this), how);
      if (key === 'reverse' || key === 'sort') { this.set(result); return this; }
      return Array.isArray(result) ? like(this, result) : result;
    };
  });
  shared.slice = function (a, b) { return like(this, Array.prototype.slice.call(this, a, b)); };
  var makers = { from: function (source, call, self) { return new this(from(source, call, self)); },
                 of: function () { return new this(Array.prototype.slice.call(arguments)); } };
  var text = { value: function () { return Array.prototype.join.call(this); }, writable: true, configurable: true };
  var walk = Object.getOwnPropertyDescriptor(Array.prototype, Symbol.iterator);
  ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
   'Float32Array', 'Float64Array'].forEach(function (name) {
    var type = types[name] = typed(name, global[name]);
    add(type.prototype, shared);
    add(type.prototype, arrays);
    Object.defineProperty(type.prototype, 'toString', text);
    Object.defineProperty(type.prototype, Symbol.iterator, walk);
    add(type, makers);
  });

  // No BigInt: what fits into a number is one.
  function wide(signed) {
    return function (at, little) {
      var low = !!little, high = this.getUint32(at + (low ? 4 : 0), low);
      var value = (signed ? high | 0 : high) * 4294967296 + this.getUint32(at + (low ? 0 : 4), low);
      if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
      throw new RangeError('a 64-bit integer beyond 2^53 (BigInt) is not supported');
    };
  }
  add(DataView.prototype, { getBigInt64: wide(true), getBigUint64: wide(false) });
})(globalThis, $es_walking);
