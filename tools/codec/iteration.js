// How arrays, strings, maps and iterators are walked over. Runs in each heap first.
(function (global) {
  'use strict';
  // A walk over an array or a typed array, `at` where it stands; under a symbol, so that no script sees it.
  var STATE = Symbol('state'), NOTHING = [];
  function Walker(source, kind) { this[STATE] = { source: source, kind: kind, at: 0 }; }
  function walker(source, kind) { return new Walker(source, kind); }
  // Puts the next item into `out`. Once at its end a walk stays there, though the array may grow.
  function take(walk, out) {
    var at = walk.at, source = walk.source;
    if (at >= source.length) {
      walk.source = NOTHING;
      return false;
    }
    walk.at = at + 1;
    out[out.length] = walk.kind === undefined ? source[at] : walk.kind === 'keys' ? at : [at, source[at]];
    return true;
  }
  function rest(walk, most) {
    var out = [], state = walk[STATE];
    while (out.length !== most && take(state, out)) ;
    return out;
  }
  function rest_of_other(walk, most) {
    var out = [], step;
    while (out.length !== most) {
      if ((step = walk.next()).done) return out;
      out.push(step.value);
    }
    if (typeof walk['return'] === 'function') walk['return']();
    return out;
  }

  function characters(text) {
    var out = [];
    for (var i = 0; i < text.length; i++) {
      var code = text.charCodeAt(i), pair = code >= 0xD800 && code < 0xDC00 && i + 1 < text.length;
      out.push(pair ? text.charAt(i) + text.charAt(++i) : text.charAt(i));
    }
    return out;
  }
  // The iterator of what is no array; null: there is none.
  function iterator_of(from) {
    if (from === null || from === undefined) throw new TypeError(from + ' is not iterable');
    var make = from[Symbol.iterator];
    if (typeof make === 'function') from = make.call(from);
    return typeof from.next === 'function' ? from : null;
  }
  // Everything that can be walked over, as an array; an array is given back as it is. Of an iterator what it has left,
  // or the `most` next ones.
  function list(from, most) {
    if (Array.isArray(from)) return from;
    if (typeof from === 'string') return characters(from);
    if (ArrayBuffer.isView(from)) return Array.prototype.slice.call(from);
    var walk = iterator_of(from);
    if (walk !== null) return walk instanceof Walker ? rest(walk, most) : rest_of_other(walk, most);
    if (typeof from.length !== 'number') throw new TypeError('the value is not iterable');
    return Array.prototype.slice.call(from);
  }
  // The same for a loop, which may end before: each round takes one, by $more.
  function rounds(from) {
    if (Array.isArray(from) || ArrayBuffer.isView(from)) return from;
    var walk = typeof from === 'string' ? null : iterator_of(from), state = walk && walk[STATE], seen = [];
    if (walk === null) return list(from);
    seen.$more = state ? function () { return take(state, seen); } : function () {
      var step = walk.next();
      if (!step.done) seen.push(step.value);
      return !step.done;
    };
    return seen;
  }
  // A copy without holes.
  function dense(from) {
    var items = list(from), out = [];
    for (var i = 0; i < items.length; i++) out.push(items[i]);
    return out;
  }

  function define(target, name, value) {
    Object.defineProperty(target, name, { value: value, writable: true, configurable: true });
  }
  function walked_by(type, walk) { define(type.prototype, Symbol.iterator, function () { return walk(this); }); }
  walked_by(Walker, function (self) { return self; });
  walked_by(Array, function (self) { return walker(self); });
  walked_by(String, function (text) { return walker(characters(String(text))); });
  define(Walker.prototype, 'next', function () {
    var out = [], done = !take(this[STATE], out);
    return { value: out[0], done: done };
  });
  define(Walker.prototype, 'toArray', function () { return rest(this); });
  ['forEach', 'reduce', 'some', 'every', 'find'].forEach(function (name) {
    define(Walker.prototype, name, function () { var left = rest(this); return left[name].apply(left, arguments); });
  });
  ['map', 'filter', 'flatMap'].forEach(function (name) {
    define(Walker.prototype, name, function (call) { return walker(rest(this)[name](call)); });
  });
  define(Walker.prototype, 'take', function (count) { return walker(rest(this, Math.max(0, Math.floor(count)))); });
  define(Walker.prototype, 'drop', function (count) { rest(this, Math.max(0, Math.floor(count))); return walker(rest(this)); });

  // Whether a typed array is to be made of its items one by one.
  function is_walked(value) {
    return value !== null && typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value) &&
           typeof value[Symbol.iterator] === 'function';
  }
  // Lowered syntax calls the first three.
  var shared = { $es_list: list, $es_spread: dense, $es_rounds: rounds,
                 $es_walking: { list: list, dense: dense, walker: walker, walked_by: walked_by, is_walked: is_walked } };
  Object.keys(shared).forEach(function (name) { define(global, name, shared[name]); });
})(globalThis);
