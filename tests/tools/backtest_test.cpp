// `afferent backtest`: reading recorded data, judging them on virtual time, comparing with what is known.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tools/cli/backtest_rows.h"
#include "tools/cli/backtest_run.h"
#include "tools/cli/backtest_truth.h"
#include "tools/cli/csv_table.h"
#include "tools/cli/csv_time.h"

using namespace afferent;
using namespace afferent::cli;

namespace {

config::RuleConfig rule(std::string kind, std::string channel, core::ConfigNode::Table options) {
  config::RuleConfig made;
  made.id = "r";
  made.kind = std::move(kind);
  made.channel = std::move(channel);
  made.options = core::ConfigNode(std::move(options), {"rules.toml", 1});
  made.source = {"rules.toml", 1};
  return made;
}

Backtest above(double limit) {
  core::ConfigNode::Table step;
  step.emplace("severity", core::ConfigNode(std::string("orange"), {}));
  step.emplace("above", core::ConfigNode(limit, {}));
  core::ConfigNode::Table options;
  options.emplace("steps", core::ConfigNode(core::ConfigNode::List{core::ConfigNode(std::move(step), {})}, {}));
  Backtest backtest;
  backtest.loaded.rules = {rule("threshold", "level", std::move(options))};
  backtest.channel = "level";
  backtest.unit.quantity = core::Quantity::length;
  return backtest;
}

Backtest silent_for(double seconds) {
  core::ConfigNode::Table options;
  options.emplace("after", core::ConfigNode(seconds, {}));
  Backtest backtest;
  backtest.loaded.rules = {rule("silent", "level", std::move(options))};
  backtest.channel = "level";
  backtest.unit.quantity = core::Quantity::length;
  return backtest;
}

StreamResult run(const Backtest& backtest, std::string_view csv) {
  auto samples = samples_of(csv, "data.csv");
  REQUIRE(samples.ok());
  auto result = run_stream(backtest, "gauge", *samples);
  REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message()));
  REQUIRE(result->scores.size() == samples->size());
  return std::move(result).value();
}

}  // namespace

TEST_CASE("timestamps are read in the forms that files have") {
  const double noon = 1'782'907'200.0;  // 2026-07-01 12:00:00 UTC
  for (const char* text :
       {"2026-07-01 12:00:00", "2026-07-01T12:00:00Z", "2026-07-01T20:00:00+08:00", "2026-07-01 08:30:00-0330",
        "2026-07-01 12:00", " 2026-07-01 12:00:00.000000 ", "2026/7/1 12:00", "2026/07/01 12:00:00", "2026.7.1 12:00",
        "2026-7-1T12:00:00.0+00", "2026-07-01  12:00:00 Z", "202607011200", "20260701120000", "1782907200",
        "1782907200.0", "1.7829072e9", "1782907200000", "1782907200000000", "1782907200000000000"}) {
    CAPTURE(text);
    REQUIRE(time_of(text));
    CHECK(*time_of(text) == noon);
  }
  CHECK(*time_of("2026-07-01 12:00:00.25") == noon + 0.25);
  CHECK(*time_of("1782907200.25") == noon + 0.25);
  CHECK(*time_of("1782907200250") == noon + 0.25);
  CHECK(*time_of("2026/7/1 0:05") == noon - 43'200 + 300);
  for (const char* text : {"2026-07-01", "2026/7/1", "20260701"}) CHECK(*time_of(text) == noon - 43'200);
  CHECK(*time_of("0") == 0.0);
  CHECK(*time_of("60") == 60.0);
  for (const char* text : {"",
                           "2026-13-01 12:00:00",
                           "2026-02-30 12:00:00",
                           "2026-07/01",
                           "2026-07-01 24:00:00",
                           "2026-7-1 12",
                           "2026/7/1 12:0",
                           "7/1/2026 12:00",
                           "2026/7/1 2:30 PM",
                           "-5",
                           "1e400",
                           "12:00",
                           "2026-07-01T",
                           "nan",
                           "0x10",
                           "1782907200,5",
                           "0001-01-01 00:00:00",
                           "1899-12-31 00:00:00",
                           "2026-07-01 12:00:00 more",
                           "noon",
                           "2026-07-01 12:00:00.",
                           "2026-07-01 12:00:00+25:00"}) {
    CAPTURE(text);
    CHECK_FALSE(time_of(text));
  }
}

TEST_CASE("times without offset are of the zone that is given, others of their own") {
  std::ifstream file("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto berlin = core::Zone::parse(core::as_bytes(bytes));
  REQUIRE(berlin.ok());
  const double noon = 1'782'907'200.0;  // 2026-07-01 12:00:00 UTC
  for (const char* text : {"2026-07-01 14:00:00", "20260701140000", "2026-07-01T12:00:00Z", "2026-07-01 20:00:00+08:00",
                           "1782907200", "1782907200000"}) {
    CAPTURE(text);
    CHECK(time_of(text, *berlin) == noon);
  }
  CHECK(time_of("2026-07-01 14:00:00.25", *berlin) == noon + 0.25);
  CHECK(time_of("2026-12-01", *berlin) == *time_of("2026-11-30 23:00:00"));
  // Every time that the clocks show is read back as the moment at which they do, in order.
  FileTimes times(*berlin);
  for (std::int64_t at = 1'761'000'000; at < 1'793'000'000; at += 900) {  // 2025-10-20 to 2026-10-26
    const core::Micros utc{std::chrono::seconds(at)};
    const core::LocalTime local = berlin->local(utc);
    const auto time = times.read(core::date_and_time(local) + (local.second % 60 == 0 ? "" : ":40"));
    REQUIRE(time);
    if (time->at != static_cast<double>(at)) FAIL(core::date_and_time(local));
  }
  for (const char* text : {"1900-01-01 00:00:00", "1893-04-01", "9999-12-31 23:59:59", "1945-05-24 02:30:00"}) {
    (void)FileTimes(*berlin).read(text);
  }
}

TEST_CASE("numbers are finite or none") {
  CHECK(*number_of(" -1.5e3 ") == -1500.0);
  CHECK(*number_of("+2") == 2.0);
  for (const char* text : {"", "nan", "inf", "1,5", "12 m", "1e999"}) CHECK_FALSE(number_of(text));
}

TEST_CASE("columns are found by their names, whatever their order, quotes and line ends") {
  const auto samples = samples_of(
      "\xEF\xBB\xBFid,\"Value\",note,Timestamp\r\n7,\"1.5\",\"a, \"\"b\"\"\nc\",2026-07-01 12:00:00\r\n\r\n8,x\r\n",
      "d.csv");
  REQUIRE(samples.ok());
  REQUIRE(samples->size() == 2);
  CHECK((*samples)[0].number == 1.5);
  CHECK((*samples)[0].timestamp == "2026-07-01 12:00:00");
  CHECK((*samples)[1].value == "x");
  CHECK_FALSE((*samples)[1].number);
  CHECK_FALSE((*samples)[1].at);
  CHECK((*samples)[0].line == 2);
  CHECK((*samples)[1].line == 5);
  const auto wrong = samples_of("time,level,rain\n1,2,3\n", "d.csv");
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message() ==
        "d.csv:1: expected the columns timestamp and value; there are: 'time', 'level', 'rain'");
  CHECK_FALSE(samples_of("", "d.csv").ok());
}

TEST_CASE("headers have several names for time, other separators, and of two columns the other is the value") {
  for (const char* text : {"time,value\n2026-07-01 12:00,2\n", "2m,Date\n2,2026-07-01 12:00\n",
                           "TS;site;VALUE\r\n2026-07-01 12:00;a,b;2\r\n", "datetime\tlevel\n2026-07-01 12:00\t2\n",
                           "\xEF\xBB\xBF\"timestamp\",\"value\"\r2026-07-01 12:00,2\r"}) {
    CAPTURE(text);
    const auto samples = samples_of(text, "d.csv");
    REQUIRE(samples.ok());
    REQUIRE(samples->size() == 1);
    CHECK(samples->front().at == 1'782'907'200.0);
    CHECK(samples->front().number == 2.0);
  }
  const auto both = samples_of("time,timestamp,value\nx,2026-07-01 12:00,2\n", "d.csv");
  REQUIRE(both.ok());
  CHECK(both->front().at);
}

TEST_CASE("a quote that nothing closes spoils its own row only") {
  const auto samples = samples_of("timestamp,value\n2026-07-01 12:00,\"2\n2026-07-01 12:01,3\n", "d.csv");
  REQUIRE(samples.ok());
  REQUIRE(samples->size() == 2);
  CHECK_FALSE((*samples)[0].number);
  CHECK((*samples)[1].number == 3.0);
}

TEST_CASE("a field is quoted only where it has to be") {
  CHECK(csv_field("2026-07-01 12:00:00") == "2026-07-01 12:00:00");
  CHECK(csv_field("a,\"b\"") == "\"a,\"\"b\"\"\"");
}

TEST_CASE("the engine judges recorded rows; the score follows the severity") {
  const StreamResult result = run(above(1.0),
                                  "timestamp,value\n2026-07-01 12:00:00,0.5\n2026-07-01 12:01:00,1.5\n"
                                  "2026-07-01 12:02:00,0.5\n");
  CHECK(result.scores == std::vector<double>{0.0, 0.75, 0.0});
  REQUIRE(result.alerts.size() == 2);
  CHECK(result.alerts[0].state == core::AlertState::raised);
  CHECK(raised_at(result.alerts) == std::vector<double>{*time_of("2026-07-01 12:01:00")});
}

TEST_CASE("rows that cannot be judged keep their place with the score 0, and are told with their lines") {
  const char* csv =
      "timestamp,value\n2026-07-01 12:00:00,1.5\n2026-07-01 12:01:00,nan\nnever,2\n"
      "2026-07-01 12:00:00,0\n2026-07-01 12:02:00,1.5\n\n,\n2026-07-01 12:03:00,\n2026-07-01 12:04:00\n"
      "2326-07-01 12:04:00,1\n";
  const StreamResult result = run(above(1.0), csv);
  CHECK(result.scores == std::vector<double>{0.75, 0.0, 0.0, 0.0, 0.75, 0.0, 0.0, 0.0, 0.0});
  CHECK(result.judged == 2);
  CHECK(result.alerts.size() == 1);
  const auto notes = row_notes("d.csv", *samples_of(csv, "d.csv"), result);
  const std::string times =
      "is not a time such as 2026-07-01 14:30:00, 2026-07-01T14:30:00+08:00 or 1782916200 "
      "(s or ms since 1970)";
  REQUIRE(notes.size() == 6);
  CHECK(notes[0] == "d.csv:3: 'nan' is not a finite number such as 12.5");
  CHECK(notes[1] == "d.csv:4: 'never' " + times);
  CHECK(notes[2] == "d.csv:5: '2026-07-01 12:00:00' is there already; the first row of a time counts");
  CHECK(notes[3] == "d.csv:8: '' " + times);
  CHECK(notes[4] == "d.csv:9: '' is not a finite number such as 12.5");
  CHECK(notes[5] == "d.csv: 7 of 9 rows passed over");
}

TEST_CASE("rows in any order are judged in order of time, and keep their places") {
  const StreamResult result = run(above(1.0),
                                  "timestamp,value\n2026-07-01 12:03:00,0.5\n2026-07-01 12:01:00,1.5\n"
                                  "2026-07-01 12:00:00,0.5\n2026-07-01 12:02:00,1.6\n");
  CHECK(result.scores == std::vector<double>{0.0, 0.75, 0.0, 0.75});
  CHECK(result.judged == 4);
  REQUIRE(result.alerts.size() == 2);
  CHECK(result.alerts[0].value == 1.5);
  CHECK(row_notes("d.csv", std::vector<Sample>(4), result) ==
        std::vector<std::string>{"d.csv: rows are not in order of time: they were sorted"});
}

TEST_CASE("timers run on the time of the data") {
  const StreamResult result = run(silent_for(600),
                                  "timestamp,value\n2026-07-01 12:00:00,1\n2026-07-01 12:05:00,1\n"
                                  "2026-07-01 13:00:00,1\n");
  REQUIRE(result.alerts.size() == 2);
  CHECK(result.alerts[0].last.utc == core::Micros(static_cast<std::int64_t>(*time_of("2026-07-01 12:15:00") * 1e6)));
}

TEST_CASE("which channel the data are follows from the rules, or is asked for") {
  config::LoadedRules loaded;
  CHECK(*channel_of(loaded, "") == "value");
  loaded.rules = {rule("range", "level", {}), rule("range", "level", {})};
  CHECK(*channel_of(loaded, "") == "level");
  loaded.rules.push_back(rule("range", "rain", {}));
  CHECK(channel_of(loaded, "").error().message() ==
        "the rules watch several channels; say with --channel which one the data are: level, rain");
  CHECK(*channel_of(loaded, "rain") == "rain");
  CHECK_FALSE(channel_of(loaded, "flow").ok());
  CHECK_FALSE(channel_of(loaded, "Bad Name").ok());
}

TEST_CASE("labels are pairs of timestamps by stream") {
  const auto truth =
      truth_of(R"({"flow/a.csv": [["2026-07-01 12:00:00.000000", "2026-07-02 12:00:00"]], "b.csv": []})", "l");
  REQUIRE(truth.ok());
  REQUIRE(windows_of(*truth, "flow/a.csv") != nullptr);
  CHECK(windows_of(*truth, "a.csv") == windows_of(*truth, "flow/a.csv"));
  CHECK(windows_of(*truth, "data/b.csv")->empty());
  CHECK(windows_of(*truth, "xb.csv") == nullptr);
  for (const char* wrong : {"", "[]", "{\"a\": 1}", "{\"a\": [[\"2026-07-01 12:00:00\"]]}", "{\"a\": [[\"x\", \"y\"]]}",
                            "{\"a\": [[\"2026-07-02 12:00:00\", \"2026-07-01 12:00:00\"]]}"}) {
    CHECK_FALSE(truth_of(wrong, "l").ok());
  }
}

TEST_CASE("precision, recall, delay and false alarms a month are counted by events") {
  constexpr double kDay = 86'400.0;
  Tally tally;
  tally.add({5 * kDay + 3600, 5 * kDay + 7200, 50 * kDay, 55 * kDay}, {{5 * kDay, 6 * kDay}, {20 * kDay, 21 * kDay}},
            {{54 * kDay, 56 * kDay}}, {0, 60 * kDay});
  CHECK(tally.events() == 2);
  CHECK(tally.found() == 1);
  CHECK(tally.false_alarms() == 1);
  CHECK(tally.recall() == 0.5);
  CHECK(tally.precision() == 0.5);
  CHECK(tally.median_delay() == 3600);
  CHECK(tally.false_alarms_per_month() == 0.5);
  CHECK(tally.add({}, {{-2 * kDay, -kDay}, {-kDay, kDay}, {61 * kDay, 62 * kDay}}, {}, {0, 60 * kDay}) == 2);
  CHECK(tally.events() == 3);
  tally.miss(2);
  CHECK(tally.events() == 5);
}

TEST_CASE("what is no text is refused without being shown, and wrong headers are shown in short") {
  CHECK(samples_of(std::string_view("PK\x03\x04\0\0", 6), "a.csv").error().message() ==
        "a.csv: is not text, or not in UTF-8");
  const std::string wide = samples_of("\x1B[2J" + std::string(5000, 'x') + ",b\n", "a.csv").error().message();
  CHECK(wide.size() < 200);
  CHECK(wide.find('\x1B') == std::string::npos);
  CHECK(shown(" a\tb ") == "'a?b'");
}

TEST_CASE("the unit of the data is that of the channel, one that is given, or unsaid where nothing depends on it") {
  config::LoadedRules leak;
  leak.rules = {rule("leak", "flow", {})};
  CHECK(unit_of_data(leak, "flow", "")->quantity == core::Quantity::none);
  CHECK(unit_of_data(leak, "flow", "l/h")->quantity == core::Quantity::flow);
  CHECK(unit_of_data(leak, "flow", "l/h")->scale == 1e-3);
  CHECK(unit_of_data(leak, "flow", "m3/h")->scale == 1.0);
  leak.rules[0].options = core::ConfigNode(core::ConfigNode::Table{{"least", core::ConfigNode(0.01, {})}}, {});
  CHECK(unit_of_data(leak, "flow", "")->quantity == core::Quantity::flow);
  config::LoadedRules level;
  level.rules = {rule("threshold", "level", {})};
  CHECK(unit_of_data(level, "level@1", "")->quantity == core::Quantity::length);
  CHECK(unit_of_data(level, "level", "l/h").error().message() ==
        "--unit: 'l/h' is not known for channel 'level'; allowed: m, cm, mm");
  CHECK(unit_of_data(level, "value", "m").error().message() ==
        "--unit: channel 'value' has none; --channel says which one the data are");
}

TEST_CASE("sentences and limits are in the channel's unit, whatever the unit of the data") {
  Backtest backtest = above(1.0);
  backtest.unit.scale = 0.01;
  const StreamResult result = run(backtest, "timestamp,value\n2026-07-01 12:00:00,99\n2026-07-01 12:01:00,150\n");
  REQUIRE(result.alerts.size() == 1);
  CHECK(result.alerts[0].sentence == "Water level at gauge is 1.5 m, above the orange limit of 1 m.");
  CHECK(result.alerts[0].value == 1.5);
}

TEST_CASE("kinds that know their channels themselves are judged too") {
  Backtest backtest;
  backtest.channel = "level";
  backtest.unit.quantity = core::Quantity::length;
  core::ConfigNode::Table when;
  when.emplace("when", core::ConfigNode(std::string("level > 1"), {"rules.toml", 2}));
  backtest.loaded.rules = {rule("composite", "", std::move(when)), rule("manhole", "", {})};
  backtest.loaded.rules[1].id = "cover";
  const StreamResult result = run(backtest, "timestamp,value\n2026-07-01 12:00:00,0.1\n2026-07-01 12:01:00,1.5\n");
  REQUIRE(!result.alerts.empty());
  CHECK(result.alerts[0].rule == "r");
  CHECK(result.scores[1] > 0);
}
