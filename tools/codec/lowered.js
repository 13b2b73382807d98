// What lowered syntax calls, besides iteration.js. Runs in each heap behind the library.
(function (global) {
  'use strict';
  delete global.$es_walking;
  var names_of = Object.getOwnPropertyNames, own_of = Object.getOwnPropertyDescriptor, define = Object.defineProperty;
  function share(functions) {
    Object.keys(functions).forEach(function (k) { define(global, k, { value: functions[k], writable: true, configurable: true }); });
  }
  function held(value) { return { value: value, writable: true, enumerable: true, configurable: true }; }

  // Private members have such names, which no list of names shows.
  function is_private(object, name) { return /^#.+@\d+$/.test(name) && !own_of(object, name).enumerable; }
  function shown(list_of) {
    return function (object) { return list_of(object).filter(function (name) { return !is_private(object, name); }); };
  }
  define(Object, 'getOwnPropertyNames', { value: shown(names_of) });
  if (typeof Reflect === 'object') define(Reflect, 'ownKeys', { value: shown(Reflect.ownKeys) });
  // They can be written though the object is frozen.
  var freeze = Object.freeze;
  define(Object, 'freeze', { value: function (object) {
    if (object !== Object(object) || !names_of(object).some(is_private.bind(null, object))) return freeze(object);
    Object.getOwnPropertyNames(object).forEach(function (name) {
      var own = own_of(object, name);
      define(object, name, 'value' in own ? { writable: false, configurable: false } : { configurable: false });
    });
    return Object.preventExtensions(object);
  } });

  share({
    $es_rest: function (o, without) {
      var out = {};
      Object.keys(o).forEach(function (k) { if (without.indexOf(k) < 0) out[k] = o[k]; });
      return out;
    },
    $es_object: function () {
      var out = {};
      for (var i = 0; i < arguments.length; i++) {
        var part = arguments[i];
        if (part !== null && part !== undefined) Object.keys(Object(part)).forEach(function (k) {
          var own = own_of(part, k);
          if (own && (own.get || own.set) && i % 2 === 0) define(out, k, own); else out[k] = part[k];
        });
      }
      return out;
    },
    // `__proto__: value` in an object; what is no object is passed over.
    $es_proto: function (o) {
      var parent = o.$es_proto;
      delete o.$es_proto;
      if (parent === null || Object(parent) === parent) Object.setPrototypeOf(o, parent);
      return o;
    },
    $es_bigint: function (digits) { throw new TypeError('BigInt (' + digits + ') is not supported'); },
    $es_new: function (type, args) { return new (Function.prototype.bind.apply(type, [null].concat(args)))(); }
  });

  var MEMBERS = [
    function (call) { return { value: call, writable: true, configurable: true }; },
    function (call) { return { get: call, configurable: true }; },
    function (call) { return { set: call, configurable: true }; }
  ];
  var getter_of = Object.prototype.__lookupGetter__, setter_of = Object.prototype.__lookupSetter__;
  share({
    // An error makes another one, whoever calls it.
    $es_super: function (type, self, args) {
      var made = type.apply(self, args);
      if (made === self || made === null || (typeof made !== 'object' && typeof made !== 'function') || type === Object) return;
      if (!(made instanceof Error)) throw new TypeError('a parent class that makes an object of its own is not supported');
      define(self, 'message', { value: made.message, writable: true, configurable: true });
    },
    // super.key and super.key = value: what the parent has, with the object of the class.
    $es_get: function (home, key, self) {
      var getter = getter_of.call(home, key);
      return getter ? getter.call(self) : home[key];
    },
    $es_set: function (home, key, self, value) {
      var setter = setter_of.call(home, key), mine = own_of(self, key);
      if (setter) setter.call(self, value);
      else if (getter_of.call(home, key) || (mine && !('value' in mine))) throw new TypeError("'" + String(key) + "' cannot be set");
      else if (mine) self[key] = value;
      else define(self, key, held(value));
      return value;
    },
    // Fields: each is the object's own, whatever its parent has under that name.
    $es_field: function (self, key, value) { if (key in self) define(self, key, held(value)); else self[key] = value; },
    $es_hide: function (self, key, value) { define(self, key, { value: value, writable: true }); },
    // `parts`: kind, name and function of each. Kinds: 0 method, 1 get, 2 set; 3 to 5 the same of the class itself;
    // 6 the constructor; 7 fields of the class; 8 fields of its objects, which the constructor sets.
    $es_class: function (parent, parts) {
      for (var i = 0; parts[i] !== 6; i += 3) ;
      var type = parts[i + 2];
      if (parent) {
        type.prototype = Object.create(parent.prototype);
        Object.setPrototypeOf(type, parent);
      }
      define(type.prototype, 'constructor', { value: type, writable: true, configurable: true });
      for (i = 0; i < parts.length; i += 3) {
        if (parts[i] < 6) define(parts[i] < 3 ? type.prototype : type, parts[i + 1], MEMBERS[parts[i] % 3](parts[i + 2]));
      }
      for (i = 0; i < parts.length; i += 3) if (parts[i] === 7) parts[i + 2].call(type, type);
      return type;
    }
  });
})(globalThis);
