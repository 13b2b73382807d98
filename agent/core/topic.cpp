#include "agent/core/topic.h"

namespace afferent::core {

std::string topic_of(std::string_view domain, Kind kind, std::string_view node, std::span<const std::string> area) {
  std::string topic(kTopicRoot);
  for (const std::string_view level : {domain, name_of(kind), node}) topic.append("/").append(level);
  for (const std::string& level : area) topic.append("/").append(level);
  return topic;
}

}  // namespace afferent::core
