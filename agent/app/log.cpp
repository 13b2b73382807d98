#include "agent/app/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdlib>

namespace afferent::app {
namespace {

constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warning", "error"};
constexpr std::array kLevels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};

class SpdLog final : public core::Log {
 public:
  explicit SpdLog(spdlog::level::level_enum level)
      : logger_("afferent", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_level(level);
    // The journal has a time of its own.
    const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
    logger_.set_pattern(journal ? "%l %v" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  }

  void write(core::LogLevel level, std::string_view part, std::string_view message) override {
    logger_.log(kLevels[static_cast<std::size_t>(level)], "{}: {}", part, message);
  }

 private:
  spdlog::logger logger_;
};

}  // namespace

core::Result<std::unique_ptr<core::Log>> make_log(std::string_view level) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == level) return std::unique_ptr<core::Log>(std::make_unique<SpdLog>(kLevels[i]));
  }
  return core::Error(core::ErrorCode::bad_config,
                     "no log level '" + std::string(level) + "'; allowed: debug, info, warning, error");
}

}  // namespace afferent::app
