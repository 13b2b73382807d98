// Dates as other engines write and read them; local time is UTC. Runs in each heap behind library.js.
(function (global) {
  'use strict';
  var DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  var MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  var Real = global.Date, parse_iso = Real.parse;
  function two(n) { return (n < 10 ? '0' : '') + n; }
  function year_of(d) {
    var y = d.getUTCFullYear(), digits = ('000' + Math.abs(y)).slice(-Math.max(4, String(Math.abs(y)).length));
    return (y < 0 ? '-' : '') + digits;
  }
  function day(d) {
    return DAYS[d.getUTCDay()] + ' ' + MONTHS[d.getUTCMonth()] + ' ' + two(d.getUTCDate()) + ' ' + year_of(d);
  }
  function clock(d) { return two(d.getUTCHours()) + ':' + two(d.getUTCMinutes()) + ':' + two(d.getUTCSeconds()); }
  function zoned(d) { return clock(d) + ' GMT+0000 (Coordinated Universal Time)'; }
  function full(d) { return day(d) + ' ' + zoned(d); }
  function universal(d) {
    return DAYS[d.getUTCDay()] + ', ' + two(d.getUTCDate()) + ' ' + MONTHS[d.getUTCMonth()] + ' ' + year_of(d) + ' ' + clock(d) + ' GMT';
  }
  function english_day(d) { return (d.getUTCMonth() + 1) + '/' + d.getUTCDate() + '/' + d.getUTCFullYear(); }
  function english_clock(d) {
    var h = d.getUTCHours();
    return (h % 12 || 12) + clock(d).slice(2) + (h < 12 ? ' AM' : ' PM');
  }
  function english(d) { return english_day(d) + ', ' + english_clock(d); }
  var writers = { toString: full, toDateString: day, toTimeString: zoned, toUTCString: universal, toGMTString: universal,
                  toLocaleString: english, toLocaleDateString: english_day, toLocaleTimeString: english_clock };
  Object.keys(writers).forEach(function (name) {
    Object.defineProperty(Real.prototype, name, {
      value: function () { return isNaN(this.getTime()) ? 'Invalid Date' : writers[name](this); }, writable: true, configurable: true
    });
  });

  // Year, month and day of what stands before the time, in any of the usual orders.
  var FORMS = [
    [/^(\d{4})[\/-](\d{1,2})[\/-](\d{1,2})$/, 1, 2, 3],
    [/^(\d{1,2})[\/-](\d{1,2})[\/-](\d{4})$/, 3, 1, 2],
    [/^(?:[a-z]+\.?,?\s+)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?,?[\s-]+(\d{4})$/, 3, 2, 1],
    [/^(?:[a-z]+\.?,?\s+)?([a-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})$/, 3, 1, 2]
  ];
  function day_in(text) {
    for (var i = 0; i < FORMS.length; i++) {
      var found = FORMS[i][0].exec(text);
      if (!found) continue;
      var month = found[FORMS[i][2]], named = MONTHS.map(function (m) { return m.toLowerCase(); }).indexOf(month);
      var index = named >= 0 ? named : /^\d+$/.test(month) ? month - 1 : NaN, date = +found[FORMS[i][3]];
      return index < 12 && index >= 0 && date > 0 && date < 32 ? Real.UTC(+found[FORMS[i][1]], index, date) : NaN;
    }
    return NaN;
  }
  function parse(text) {
    text = String(text).trim().replace(/(:\d{2}(?:\.\d+)?)([+-]\d{2})(\d{2})$/, '$1$2:$3');
    if (/^\d{4}-(?:00|1[3-9]|[2-9]\d|\d\d-(?:00|3[2-9]|[4-9]\d))/.test(text)) return NaN;
    var known = parse_iso(text);
    if (known === known) return known;
    var split = /^(.*?)(?:[\s,T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*([ap]m)?)?\s*(?:z|(?:gmt|utc)?(?:([+-])(\d{2}):?(\d{2}))?)\s*(?:\([^)]*\))?$/i.exec(text);
    if (!split) return NaN;
    var hour = +(split[2] || 0), half = (split[6] || '').toLowerCase();
    if (hour > 24 || +(split[3] || 0) > 59 || +(split[4] || 0) > 59 || (half && hour > 12)) return NaN;
    if (half) hour = hour % 12 + (half === 'pm' ? 12 : 0);
    var minutes = hour * 60 + +(split[3] || 0);
    if (split[7]) minutes -= (split[7] === '-' ? -1 : 1) * (split[8] * 60 + +split[9]);
    return day_in(split[1].toLowerCase()) + minutes * 60000 + (split[4] || 0) * 1000 + Math.floor(('0.' + (split[5] || 0)) * 1000);
  }
  function Date(a, b, c, d, e, f, g) {
    if (!(this instanceof Date)) return full(new Real());
    switch (arguments.length) {
      case 0: return new Real();
      case 1: return new Real(a instanceof Real ? a.getTime() : typeof a === 'string' ? parse(a) : a);
      case 2: return new Real(a, b);
      default: return new Real(a, b, c, d || 0, e || 0, f || 0, g || 0);
    }
  }
  Date.prototype = Real.prototype;
  Object.defineProperty(Real.prototype, 'constructor', { value: Date, writable: true, configurable: true });
  [['now', Real.now], ['UTC', Real.UTC], ['parse', parse]].forEach(function (pair) {
    Object.defineProperty(Date, pair[0], { value: pair[1], writable: true, configurable: true });
  });
  global.Date = Date;
})(globalThis);
