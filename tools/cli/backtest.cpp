// `afferent backtest`: rules or a preset on recorded data, as the agent would have judged them.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "agent/core/json.h"
#include "agent/core/zone.h"
#include "agent/io/zone.h"
#include "tools/cli/backtest_rows.h"
#include "tools/cli/backtest_run.h"
#include "tools/cli/backtest_truth.h"
#include "tools/cli/catalog.h"
#include "tools/cli/command.h"

namespace afferent::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string rules;
  std::string preset;
  std::string channel;
  std::string unit;
  std::string data;
  std::string root;
  std::string out;
  std::string truth;
  std::string ignore;
  std::string timezone;
};

core::Error failed(const std::string& path, const std::string& what) {
  return {core::ErrorCode::bad_input, path + ": " + what};
}

core::Result<std::string> file_text(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return failed(path, "is a folder; --root takes one");
  std::ifstream file(path, std::ios::binary);
  if (!file) return failed(path, "cannot be read");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

bool is_csv(const fs::path& path) {
  std::string end = path.extension().string();
  std::transform(end.begin(), end.end(), end.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return end == ".csv";
}

// What the clocks of the zone in force show, with their offset unless nobody named a zone.
std::string when_text(core::Micros utc, const core::Zone* zone) {
  const core::Zone none;
  const core::LocalTime local = (zone == nullptr ? none : *zone).local(utc);
  std::string text = core::date_and_time(local) + fmt::format(":{:02}", local.second % 60);
  if (zone == nullptr) return text;
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(zone->offset(utc)).count();
  return fmt::format("{}{}{:02}:{:02}", text, minutes < 0 ? '-' : '+', std::abs(minutes) / 60, std::abs(minutes) % 60);
}

class Run {
 public:
  Run(const Options& options, const Common& common) : options_(options), common_(common) {}

  // 0, or 1 when a file could not be judged.
  core::Result<int> run() {
    if (auto ready = prepare(); !ready) return std::move(ready).error();
    if (auto apart = check_folders(); !apart) return std::move(apart).error();
    if (!options_.data.empty()) {
      const std::string name = fs::path(options_.data).stem().string();
      if (auto done = stream(options_.data, options_.data, name, {}); !done) return std::move(done).error();
    } else if (auto done = folder(); !done) {
      return std::move(done).error();
    }
    if (!options_.truth.empty()) {
      if (!options_.root.empty()) miss_streams();
      report();
    }
    return wrong_ == 0 ? 0 : 1;
  }

 private:
  core::Result<void> prepare() {
    backtest_.loaded = options_.rules.empty() ? config::load_preset(options_.preset, catalog())
                                              : config::load_rules(options_.rules, catalog());
    if (!backtest_.loaded.problems.empty()) {
      std::string text;
      for (const config::Problem& problem : backtest_.loaded.problems)
        text += (text.empty() ? "" : "\n") + problem.text();
      return core::Error(core::ErrorCode::bad_config, text);
    }
    auto channel = channel_of(backtest_.loaded, options_.channel);
    if (!channel) return std::move(channel).error();
    backtest_.channel = *channel;
    auto unit = unit_of_data(backtest_.loaded, backtest_.channel, options_.unit);
    if (!unit) return std::move(unit).error();
    backtest_.unit = *unit;
    if (auto zone = choose_zone(); !zone) return zone;
    if (auto read = labels(options_.truth, truth_); !read) return read;
    return labels(options_.ignore, ignored_);
  }

  core::Result<void> choose_zone() {
    const std::string& name = options_.timezone.empty() ? backtest_.loaded.timezone : options_.timezone;
    if (name.empty()) return {};
    auto zone = io::read_zone(name);
    if (!zone) {
      if (options_.timezone.empty()) return std::move(zone).error();
      return core::Error(zone.error().code(), "--timezone: " + zone.error().message());
    }
    backtest_.zone = std::move(zone).value();
    zone_ = &backtest_.zone;
    return {};
  }

  core::Result<void> labels(const std::string& path, Truth& to) const {
    if (path.empty()) return {};
    auto text = file_text(path);
    if (!text) return std::move(text).error();
    auto truth = truth_of(*text, path, backtest_.zone);
    if (!truth) return std::move(truth).error();
    to = std::move(truth).value();
    return {};
  }

  // What is written must not be what is read, now or the next time.
  core::Result<void> check_folders() const {
    if (options_.out.empty()) return {};
    std::error_code error;
    const fs::path root = fs::weakly_canonical(options_.root, error);
    const fs::path out = fs::weakly_canonical(options_.out, error);
    const auto [end, in] = std::mismatch(root.begin(), root.end(), out.begin(), out.end());
    if (end != root.end()) return {};
    return failed("--out", options_.out + " lies in " + options_.root + ", whose files are read; name another folder");
  }

  // A folder that cannot be read is told, and the others go on.
  void gather(const fs::path& in, std::vector<fs::path>& files) {
    std::error_code error;
    for (fs::directory_iterator it(in, error), end; !error && it != end; it.increment(error)) {
      std::error_code unreadable;
      if (it->is_directory(unreadable) && !it->is_symlink(unreadable)) gather(it->path(), files);
      if (it->is_regular_file(unreadable) && is_csv(it->path())) files.push_back(it->path());
    }
    if (!error) return;
    fmt::print(stderr, "afferent: {}: {}\n", in.string(), error.message());
    ++wrong_;
  }

  core::Result<void> folder() {
    std::vector<fs::path> files;
    std::error_code error;
    if (!fs::is_directory(options_.root, error)) return failed(options_.root, error ? error.message() : "is no folder");
    gather(options_.root, files);
    if (files.empty()) return failed(options_.root, "there is no file *.csv in it");
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      const fs::path relative = file.lexically_relative(options_.root);
      const fs::path to = options_.out.empty() ? fs::path() : fs::path(options_.out) / relative;
      if (auto done = stream(file.string(), relative.generic_string(), file.stem().string(), to); !done) {
        if (done.error().code() == core::ErrorCode::bad_config) return done;
        fmt::print(stderr, "afferent: {}\n", done.error().message());
        ++wrong_;
      }
    }
    return {};
  }

  core::Result<void> stream(const std::string& path, const std::string& label, const std::string& name,
                            const fs::path& to) {
    auto text = file_text(path);
    if (!text) return std::move(text).error();
    auto samples = samples_of(*text, path, backtest_.zone);
    if (!samples) return std::move(samples).error();
    auto result = run_stream(backtest_, name, *samples);
    if (!result) return std::move(result).error();
    for (const std::string& note : row_notes(path, *samples, *result)) fmt::print(stderr, "{}\n", note);
    if (result->judged == 0 && !samples->empty()) ++wrong_;  // nothing in it could be judged
    if (!to.empty()) {
      if (auto written = write(*samples, *result, to); !written) return written;
    } else {
      for (const core::Alert& alert : result->alerts) show(label, alert);
    }
    judge(label, *result);
    return {};
  }

  core::Result<void> write(const std::vector<Sample>& samples, const StreamResult& result, const fs::path& to) const {
    std::error_code error;
    fs::create_directories(to.parent_path(), error);
    std::ofstream file(to, std::ios::binary);
    std::string text = "timestamp,value,anomaly_score\n";
    for (std::size_t i = 0; i < samples.size(); ++i) {
      text += csv_field(samples[i].timestamp) + "," + csv_field(samples[i].value);
      text += result.scores[i] == 0.0 ? ",0\n" : fmt::format(",{:.6g}\n", result.scores[i]);
    }
    file << text;
    file.close();
    if (!file) return failed(to.string(), "cannot be written");
    return {};
  }

  void show(const std::string& label, const core::Alert& alert) const {
    if (common_.json) {
      core::JsonWriter json;
      json.begin_object()
          .field("stream", label)
          .field("time", when_text(alert.last.utc, zone_))
          .field("rule", alert.rule);
      json.field("state", name_of(alert.state)).field("severity", name_of(alert.severity));
      json.field("channel", alert.channel).field("value", alert.value).key("limit");
      if (alert.limit) {
        json.value(*alert.limit);
      } else {
        json.null();
      }
      json.field("unit", alert.unit).field("sentence", alert.sentence).end_object();
      fmt::print("{}\n", json.take());
      return;
    }
    const std::string stream = options_.root.empty() ? "" : label + "  ";
    fmt::print("{}{}  {:<9} {:<6}  {}\n", stream, when_text(alert.last.utc, zone_), name_of(alert.state),
               name_of(alert.severity), alert.sentence);
  }

  void judge(const std::string& label, const StreamResult& result) {
    if (options_.truth.empty()) return;
    const std::vector<Window>* windows = windows_of(truth_, label);
    if (windows == nullptr) {
      fmt::print(stderr, "{}: has no labels in {}: not counted\n", label, options_.truth);
      return;
    }
    const std::vector<Window>* ignored = windows_of(ignored_, label);
    if (result.judged == 0) return;
    compared_.insert(windows);
    const std::size_t outside =
        tally_.add(raised_at(result.alerts), *windows, ignored == nullptr ? std::vector<Window>{} : *ignored,
                   {result.from, result.to});
    if (outside == 0) return;
    fmt::print(stderr, "{}: labelled events before the first row or after the last do not count: {} of {}\n", label,
               outside, windows->size());
  }

  void miss_streams() {
    for (const auto& [stream, windows] : truth_) {
      if (windows.empty() || compared_.contains(&windows)) continue;
      fmt::print(stderr, "{}: {}: no such stream was judged below {}; events that count as missed: {}\n",
                 options_.truth, stream, options_.root, windows.size());
      tally_.miss(windows.size());
    }
  }

  void report() const {
    constexpr double kHour = 3600.0;
    if (common_.json) {
      core::JsonWriter json;
      json.begin_object().field("streams", tally_.streams()).field("events", tally_.events());
      json.field("found", tally_.found()).field("false_alarms", tally_.false_alarms());
      json.field("recall", tally_.recall()).field("precision", tally_.precision());
      json.field("median_delay_h", tally_.median_delay() / kHour).field("mean_delay_h", tally_.mean_delay() / kHour);
      json.field("false_alarms_per_sensor_month", tally_.false_alarms_per_month()).end_object();
      fmt::print("{}\n", json.take());
      return;
    }
    fmt::print("{} streams, {:.1f} sensor-months, {} events: {} found, {} false alarms\n", tally_.streams(),
               tally_.months(), tally_.events(), tally_.found(), tally_.false_alarms());
    fmt::print("precision {:.3f}, recall {:.3f}, {:.2f} false alarms per sensor-month\n", tally_.precision(),
               tally_.recall(), tally_.false_alarms_per_month());
    if (tally_.found() == 0) return;
    fmt::print("time to detect: median {:.1f} h, mean {:.1f} h\n", tally_.median_delay() / kHour,
               tally_.mean_delay() / kHour);
  }

  const Options& options_;
  const Common& common_;
  Backtest backtest_;
  const core::Zone* zone_ = nullptr;  // that somebody named
  Truth truth_;
  Truth ignored_;
  std::set<const std::vector<Window>*> compared_;  // of truth_
  Tally tally_;
  std::size_t wrong_ = 0;
};

int backtest(const Options& options, const Common& common) {
  const auto refuse = [](std::string_view what) {
    fmt::print(stderr, "afferent: {}\n", what);
    return 2;
  };
  if (options.rules.empty() == options.preset.empty()) return refuse("backtest: give --rules or --preset");
  if (options.data.empty() == options.root.empty()) return refuse("backtest: give DATA.csv or --root");
  if (!options.out.empty() && options.root.empty()) return refuse("backtest: --out needs --root");
  if (!options.ignore.empty() && options.truth.empty()) return refuse("backtest: --ignore needs --truth");
  auto done = Run(options, common).run();
  if (done) return *done;
  fmt::print(stderr, "{}\n", done.error().message());
  return 2;
}

}  // namespace

Command add_backtest(CLI::App& parent, const Common& common) {
  CLI::App* app = parent.add_subcommand("backtest", "Run rules on recorded data, as fast as it can");
  auto options = std::make_shared<Options>();
  app->add_option("--rules", options->rules, "TOML file with [[rule]] tables; which devices they name does not matter");
  app->add_option("--preset", options->preset, "A preset instead, e.g. flood-onset");
  app->add_option("--channel", options->channel, "What the data are; needed when the rules watch several channels");
  app->add_option("--unit", options->unit, "The unit of the data, e.g. l/h or cm, where it is not the channel's own");
  app->add_option("--root", options->root, "Take every CSV below this folder as a stream of its own");
  app->add_option("--out", options->out, "Write the same files with anomaly_score below this folder");
  app->add_option("--truth", options->truth, "Labelled events (JSON): print precision, recall and time to detect");
  app->add_option("--ignore", options->ignore, "Labelled times (JSON) in which an alert is neither right nor wrong");
  app->add_option("--timezone", options->timezone,
                  "IANA zone of times without offset, of hours in rules and of what is printed, e.g. Asia/Shanghai; by "
                  "default [node] timezone of the --rules file, else UTC");
  app->add_option(
      "DATA", options->data,
      "CSV with the columns timestamp and value; times with or without offset, or s or ms since 1970; for a "
      "channel of truth values 1 and 0 or true and false");
  app->footer(
      "Times are printed in the zone in force, with its offset where one was named; --out keeps those of the rows as\n"
      "they stand. Of a time that comes twice as clocks are set back, rows in order of time have first the first, "
      "then\n"
      "the second. Labelled events before the first row or after the last do not count; those of a stream that is not\n"
      "below --root count as missed. Exit status: 0, 1 when a file could not be judged, 2 for a wrong call.");
  return {app, [options, &common] { return backtest(*options, common); }};
}

}  // namespace afferent::cli
