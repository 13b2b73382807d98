// `afferent replay`: feeds recorded readings into the running agent, at their own pace or faster.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <thread>

#include <nlohmann/json.hpp>

#include "agent/io/zone.h"
#include "tools/cli/ask.h"
#include "tools/cli/csv_table.h"

namespace afferent::cli {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;
using SteadyClock = std::chrono::steady_clock;

constexpr double kLongestWait = 1e9;                   // s
constexpr std::chrono::milliseconds kCrowdedWait{20};  // before the same reading is offered again ...
constexpr std::chrono::seconds kCrowdedAtMost{60};     // ... and no longer: then nothing leaves the agent's queue

struct Options {
  std::string socket = "/run/afferent/control.sock";
  std::string device;
  std::string channel;
  std::string data;
  std::string timezone = "UTC";
  double speed = 60.0;  // 0: as fast as the agent takes them
};

Result<std::vector<Sample>> samples_in(const std::string& path, const std::string& timezone) {
  const auto zone = io::read_zone(timezone);
  if (!zone) return Error(zone.error().code(), "--timezone: " + zone.error().message());
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return Error(ErrorCode::bad_input, path + ": is a folder");
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open()) return Error(ErrorCode::bad_input, path + ": cannot be read");
  return samples_of(text, path, *zone);
}

bool is_usable(const Sample& sample) { return sample.at && sample.number; }

class Player {
 public:
  Player(const Options& options, ControlClient client) : options_(options), client_(std::move(client)) {}

  Result<void> play(const std::vector<Sample>& samples) {
    if (auto begun = client_.ask(request()); !begun) return std::move(begun).error();
    for (const Sample& sample : samples) {
      if (!is_usable(sample) || *sample.at < last_) {
        ++skipped_;
        continue;
      }
      wait_for(*sample.at);
      if (auto sent = send(sample); !sent) return sent;
      ++replayed_;
    }
    return {};
  }

  void summary(bool json) const {
    if (json) {
      fmt::print("{{\"replayed\":{},\"skipped\":{}}}\n", replayed_, skipped_);
    } else {
      fmt::print("{} readings replayed, {} skipped\n", replayed_, skipped_);
    }
  }

 private:
  core::CommandRequest request() const {
    return {"replay", {{"device", options_.device}, {"channel", options_.channel}}};
  }

  // Until the row's turn. It is counted from the first row, so that delays do not add up.
  void wait_for(double at) {
    if (replayed_ == 0) {
      first_ = at;
      begin_ = SteadyClock::now();
    }
    last_ = at;
    if (options_.speed <= 0.0) return;
    const std::chrono::duration<double> span(std::min((at - first_) / options_.speed, kLongestWait));
    std::this_thread::sleep_until(begin_ + std::chrono::duration_cast<SteadyClock::duration>(span));
  }

  Result<void> send(const Sample& sample) {
    core::CommandRequest reading = request();
    reading.arguments["value"] = fmt::format("{}", *sample.number);
    reading.arguments["measured"] = fmt::format("{}", std::llround(*sample.at * 1e6));
    const auto give_up = SteadyClock::now() + kCrowdedAtMost;
    for (;;) {
      const auto reply = client_.ask(reading);
      if (!reply) return reply.error();
      const nlohmann::json taken = nlohmann::json::parse(*reply, nullptr, false);
      if (taken.is_object() && taken.value("replayed", 0) > 0) return {};
      if (SteadyClock::now() > give_up) return Error(ErrorCode::full, "the agent's queue stays full");
      std::this_thread::sleep_for(kCrowdedWait);
    }
  }

  const Options& options_;
  ControlClient client_;
  double first_ = 0.0;                                      // s since 1970-01-01
  double last_ = -std::numeric_limits<double>::infinity();  // s since 1970-01-01
  SteadyClock::time_point begin_;
  std::size_t replayed_ = 0;
  std::size_t skipped_ = 0;
};

int refused(const Error& error, int status) {
  fmt::print(stderr, "afferent replay: {}\n", error.message());
  return status;
}

int replay(const Options& options, const Common& common) {
  const auto samples = samples_in(options.data, options.timezone);
  if (!samples) return refused(samples.error(), 2);
  if (std::none_of(samples->begin(), samples->end(), is_usable)) {
    const char* what = samples->empty() ? "has no rows" : "no row has both a time and a number, true or false";
    return refused(Error(ErrorCode::bad_input, options.data + ": " + what + "; nothing was replayed"), 1);
  }
  auto client = ControlClient::connect(options.socket);
  if (!client) return refused(client.error(), 2);
  Player player(options, std::move(client).value());
  const auto done = player.play(*samples);
  if (!done) refused(done.error(), 1);
  player.summary(common.json);
  return done ? 0 : 1;
}

}  // namespace

Command add_replay(CLI::App& parent, const Common& common) {
  CLI::App* app = parent.add_subcommand("replay", "Feed recorded readings into the running agent");
  auto options = std::make_shared<Options>();
  app->add_option("--device", options->device, "A device of the configuration")->required();
  app->add_option("--channel", options->channel, "One of its channels, with numbers or truth values")->required();
  app->add_option("--speed", options->speed, "How many times faster than recorded; 0: as fast as the agent takes them")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app->add_option("--timezone", options->timezone, "IANA zone of times without offset, e.g. that of [node] timezone")
      ->capture_default_str();
  add_socket(*app, options->socket);
  app->add_option("DATA", options->data,
                  "CSV with the columns timestamp and value; truth values are 1 and 0 or true and false")
      ->required();
  app->footer(
      "The agent takes them like readings of the device: they are published, and rules judge them. It refuses unless\n"
      "[node] replay = true. A reading counts as received when it is fed: durations in rules see the paced time, so "
      "at\n"
      "--speed 60 a rule that waits 10 min waits for 10 h of the recording. What the device itself says goes on in\n"
      "between. Rows without a usable time or number, or with a time before that of the row above, are skipped.\n"
      "Exit status: 0 when it was replayed, 1 when the agent refused or no row was of use, 2 for a wrong call or no "
      "agent.");
  return {app, [options, &common] { return replay(*options, common); }};
}

}  // namespace afferent::cli
