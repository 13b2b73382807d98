// `afferent backtest` as it is called: whose time the rows have, labels of what is not there, what stands in a preset
// and what a user writes instead.
#include <filesystem>
#include <fstream>

#include "tests/tools/command_run.h"

using namespace afferent;
using test::Printed;
using test::run_command;

namespace {

constexpr const char* kLevel =
    "[[rule]]\nid = \"a\"\nkind = \"threshold\"\ndevice = \"x\"\nchannel = \"level\"\nabove = 1\n";

class Folder {
 public:
  Folder() { std::filesystem::create_directories(path_); }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string text(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("afferent_backtest_" + std::to_string(::getpid()));
};

const std::string kNight =
    "timestamp,value\n2026-10-25 01:30:00,0\n2026-10-25 02:00:00,0\n2026-10-25 02:30:00,2\n2026-10-25 02:00:00,2\n"
    "2026-10-25 02:30:00,0\n2026-10-25 03:00:00,0\n";

}  // namespace

TEST_CASE("times without offset are of the zone in force, and so are the printed ones") {
  const Folder folder;
  const std::string data = folder.file("d.csv", "timestamp,value\n2026-07-01 08:00:00,2\n2026-07-01T01:00:00Z,0\n");
  const std::string plain = folder.file("plain.toml", kLevel);
  const std::string zoned = folder.file("zoned.toml", "[node]\ntimezone = \"Asia/Shanghai\"\n" + std::string(kLevel));
  const Printed utc = run_command({"backtest", "--rules", plain, data});
  CHECK(utc.out.starts_with("2026-07-01 08:00:00  raised"));  // the last of the two
  CHECK(utc.out.find("cleared") == std::string::npos);
  const Printed local = run_command({"backtest", "--rules", zoned, data});
  CHECK(local.out.starts_with("2026-07-01 08:00:00+08:00  raised"));
  CHECK(local.out.find("\n2026-07-01 09:00:00+08:00  cleared") != std::string::npos);
  const Printed asked = run_command({"backtest", "--rules", zoned, "--timezone", "America/St_Johns", data});
  CHECK(asked.out.find("2026-07-01 08:00:00-02:30  raised") != std::string::npos);
  const Printed json = run_command({"backtest", "--rules", plain, "--timezone", "Asia/Shanghai", "--json", data});
  CHECK(json.out.find("\"time\":\"2026-07-01 08:00:00+08:00\"") != std::string::npos);
  const Printed wrong = run_command({"backtest", "--rules", plain, "--timezone", "Asia/Nowhere", data});
  CHECK(wrong.status == 2);
  CHECK(wrong.says("--timezone: time zone 'Asia/Nowhere'"));
  CHECK(run_command({"backtest", "--help"}).out.find("IANA zone of times without offset") != std::string::npos);
}

TEST_CASE("a preset is judged in the zone that is asked for, and what is written keeps the rows' own times") {
  const Folder folder;
  folder.file("in/d.csv", "timestamp,value\n2026-07-01 08:00:00,0.2\n2026-07-01 08:01:00,0.2\n");
  const Printed printed = run_command({"backtest", "--preset", "flood-road", "--timezone", "Asia/Shanghai", "--root",
                                       folder.path("in"), "--channel", "level"});
  CHECK(printed.out.find("2026-07-01 08:01:00+08:00  raised") != std::string::npos);
  const Printed written = run_command({"backtest", "--preset", "flood-road", "--timezone", "Asia/Shanghai", "--root",
                                       folder.path("in"), "--out", folder.path("out"), "--channel", "level"});
  CHECK(written.status == 0);
  CHECK(folder.text("out/d.csv").find("\n2026-07-01 08:01:00,0.2,0.5") != std::string::npos);
}

TEST_CASE("a night in which the clocks are set back stays in order, and times that they skip are told") {
  const Folder folder;
  const std::string rules = folder.file("r.toml", kLevel);
  const Printed back =
      run_command({"backtest", "--rules", rules, "--timezone", "Europe/Berlin", folder.file("d.csv", kNight)});
  CHECK(back.status == 0);
  CHECK(back.out.find("2026-10-25 02:30:00+02:00  raised") != std::string::npos);
  CHECK(back.out.find("2026-10-25 02:30:00+01:00  cleared") != std::string::npos);
  CHECK(back.out.find("It lasted 1 h") != std::string::npos);
  CHECK(back.says("times that come twice as the clocks are set back"));
  CHECK_FALSE(back.says("not in order"));
  CHECK_FALSE(back.says("is there already"));
  const std::string spring =
      folder.file("s.csv", "timestamp,value\n2026-03-29 01:30:00,0\n2026-03-29 02:30:00,2\n2026-03-29 04:00:00,0\n");
  const Printed skipped = run_command({"backtest", "--rules", rules, "--timezone", "Europe/Berlin", spring});
  CHECK(skipped.status == 0);
  CHECK(skipped.out.starts_with("2026-03-29 03:30:00+02:00  raised"));
  CHECK(skipped.says("s.csv:3: '2026-03-29 02:30:00' does not exist as the clocks are set forward"));
  CHECK(run_command({"backtest", "--rules", rules, spring}).err.empty());
}

TEST_CASE("true and false are values of a channel of truth values, and of no other") {
  const Folder folder;
  const std::string data = folder.file("d.csv",
                                       "timestamp,value\n2026-07-01 08:00:00,FALSE\n2026-07-01 08:01:00,true\n"
                                       "2026-07-01 08:02:00,False\n2026-07-01 08:03:00,yes\n");
  const std::string open = folder.file(
      "o.toml", "[[rule]]\nid = \"o\"\nkind = \"threshold\"\ndevice = \"x\"\nchannel = \"open\"\nequals = true\n");
  const Printed cover = run_command({"backtest", "--rules", open, data});
  CHECK(cover.out.find("08:01:00  raised") != std::string::npos);
  CHECK(cover.out.find("08:02:00  cleared") != std::string::npos);
  CHECK(cover.says("1 of 4 rows passed over"));
  const Printed level = run_command({"backtest", "--rules", folder.file("l.toml", kLevel), data});
  CHECK(level.status == 1);
  CHECK(level.says("d.csv:3: 'true' is not a finite number"));
}

TEST_CASE("labels of a stream that is not there count as missed, those outside of the rows not at all; both are told") {
  const Folder folder;
  folder.file("in/d.csv", kNight);
  const std::string truth = folder.file(
      "t.json",
      R"({"d.csv": [["2020-01-01 00:00:00", "2020-01-02 00:00:00"], ["2026-10-25 02:30:00", "2026-10-25 02:59:00"],)"
      R"( ["2027-01-01 00:00:00", "2027-01-02 00:00:00"]], "gone.csv": [["2026-10-25", "2026-10-26"]], "x.csv": []})");
  const Printed printed = run_command({"backtest", "--rules", folder.file("r.toml", kLevel), "--timezone",
                                       "Europe/Berlin", "--root", folder.path("in"), "--truth", truth});
  CHECK(printed.out.find(" 2 events: 1 found, 0 false alarms") != std::string::npos);
  CHECK(printed.says("d.csv: labelled events before the first row or after the last do not count: 2 of 3"));
  CHECK(printed.says("t.json: gone.csv: no such stream was judged"));
  CHECK_FALSE(printed.says("x.csv"));
  // A single file is not asked for the others.
  const Printed one = run_command({"backtest", "--rules", folder.path("r.toml"), "--timezone", "Europe/Berlin",
                                   "--truth", truth, folder.path("in/d.csv")});
  CHECK_FALSE(one.says("gone.csv"));
}

TEST_CASE("what is given instead of a preset's key takes the place of its alternatives too") {
  const Folder folder;
  const std::string data = folder.file("d.csv",
                                       "timestamp,value\n2026-07-01 08:00:00,0.9\n2026-07-01 08:01:00,0.9\n"
                                       "2026-07-01 08:02:00,1.1\n2026-07-01 08:03:00,1.1\n");
  const std::string head = "[[rule]]\nid = \"r\"\npreset = \"flood-road\"\ndevice = \"x\"\n";
  const auto run = [&](const std::string& more) {
    return run_command({"backtest", "--rules", folder.file("r.toml", head + more), data});
  };
  const Printed above = run("depth = { above = 1, severity = \"red\" }\n");
  CHECK(above.err.empty());
  CHECK(above.out.find("08:03:00  raised    red     Water level at d is 1.1 m") != std::string::npos);
  CHECK(above.out.find("orange limit") == std::string::npos);
  CHECK(run("forecast = { below = 0.1 }\n").err.empty());
  CHECK(run("depth = { steps = [{ severity = \"red\", above = 1 }] }\n").err.empty());
  CHECK(run("depth = { above = 1, equals = true }\n").says("r.toml:5: rule 'r-depth': above: give one of"));
  CHECK(run("forecast = { above = 1, below = 2 }\n").says("r.toml:5: rule 'r-forecast': above: give one of"));
  CHECK(run("depth = { severity = \"red\" }\n").says("r.toml:5: rule.severity: the preset's rule 'depth' has steps"));
  CHECK(run("\nflood = { begin = 0.01 }\n").says("r.toml:6: rule 'r-flood': end: must not be above begin"));
  // Said for all rules it is not known to be meant instead of one's steps.
  CHECK(run("\n\nabove = 0.4\n").says("r.toml:7: rule 'r-depth': above: give one of"));
}

TEST_CASE("a replay of which no row is of use says so and ends with 1") {
  const Folder folder;
  const auto replay = [](const std::string& data) {
    return run_command({"replay", "--socket", "/nowhere.sock", "--device", "d", "--channel", "c", data});
  };
  const Printed none = replay(folder.file("n.csv", "timestamp,value\n2026-07-01 08:00:00,yes\nnever,1\n"));
  CHECK(none.status == 1);
  CHECK(none.says("n.csv: no row has both a time and a number, true or false; nothing was replayed"));
  const Printed empty = replay(folder.file("e.csv", "timestamp,value\n"));
  CHECK(empty.status == 1);
  CHECK(empty.says("e.csv: has no rows; nothing was replayed"));
  const Printed some = replay(folder.file("s.csv", "timestamp,value\n2026-07-01 08:00:00,TRUE\n"));
  CHECK(some.status == 2);  // there is no agent
  CHECK(run_command({"replay", "--timezone", "No/Where", "--device", "d", "--channel", "c", folder.path("s.csv")})
            .says("--timezone: time zone 'No/Where'"));
}
