// How the master carries out a search.
#include <utility>

#include "drivers/mbus/driver.h"

namespace afferent::drivers::mbus {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::size_t kMostRequests = 4096;                  // a line of noise answers to everything
constexpr core::Nanos kLongest = std::chrono::seconds(100);  // of one command; the line serves others too

}  // namespace

void Meter::begin_search(std::unique_ptr<Search> search, core::Sink& sink) {
  search_ = std::move(search);
  search_requests_ = 0;
  search_began_.reset();
  search_on(sink);
}

void Meter::search_on(core::Sink& sink) {
  auto request = search_->request();
  const bool late = search_began_ && now_ - *search_began_ >= kLongest;
  if (request && !late && search_requests_ < kMostRequests) {
    ++search_requests_;
    receiver_.flush();
    good_frame_ = bytes_came_ = false;
    core::Outgoing outgoing;
    outgoing.bytes = std::move(*request);
    return sink.send(std::move(outgoing));
  }
  const auto search = std::exchange(search_, nullptr);
  needs_reset_ = settings_.reset;  // other slaves were selected, or ours was reset
  if (request) {
    return finish(Error(ErrorCode::retry, "search stopped at " + search->position() +
                                              ": it takes too long; search in parts (id=0FFFFFFF, from=, to=)"),
                  sink);
  }
  if (search->found() == 0) return finish(Error(ErrorCode::not_found, "no meter answers"), sink);
  finish({}, sink);
}

void Meter::search_received(const Receiver::Found& found, core::Sink& sink) {
  if (!found.frame) return;
  const bool acknowledge = found.frame->kind == Frame::Kind::acknowledge;
  if (acknowledge && found.clean && !search_->wants_data())
    return search_concluded(Search::Outcome::acknowledged, {}, sink);
  if (!found.frame->is_response() || !search_->wants_data()) return;
  search_concluded(Search::Outcome::answered, read_telegram(found.frame->data, records_).identity, sink);
}

void Meter::search_timed_out(core::Sink& sink) {
  receiver_.flush();
  search_concluded(bytes_came_ ? Search::Outcome::garbled : Search::Outcome::silent, {}, sink);
}

void Meter::search_concluded(Search::Outcome outcome, const std::optional<Identity>& identity, core::Sink& sink) {
  if (!search_began_) search_began_ = now_;
  search_->outcome(outcome, identity, sink);
  search_on(sink);
}

}  // namespace afferent::drivers::mbus
