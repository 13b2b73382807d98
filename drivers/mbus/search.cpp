#include "drivers/mbus/search.h"

#include "drivers/mbus/link.h"

namespace afferent::drivers::mbus {
namespace {

class SecondarySearch final : public Search {
 public:
  explicit SecondarySearch(const Pattern& mask) : mask_(mask) {
    for (unsigned shift = 32; shift > 0; shift -= 4) {
      if ((mask.identity.id >> (shift - 4) & 0xFU) == 0xF) free_.push_back(shift - 4);
    }
  }

  std::optional<core::Bytes> request() const override {
    if (over_) return std::nullopt;
    if (data_) return encode_fixed(kRequestData | kFrameCount, kSelected);
    return encode_variable(kSendData, kSelected, select_request(pattern()));
  }

  bool wants_data() const override { return data_; }

  void outcome(Outcome outcome, const std::optional<Identity>& identity, core::Sink& sink) override {
    if (!data_) {
      selected_ = outcome == Outcome::acknowledged;
      data_ = outcome != Outcome::silent;
      if (!data_) advance();
      return;
    }
    data_ = false;
    // Two answers at once may look like one of a meter that there is not.
    if (identity && !pattern().matches(*identity)) outcome = Outcome::garbled;
    if (outcome == Outcome::garbled && digits_.size() < free_.size()) return digits_.push_back(0);
    if (outcome == Outcome::garbled) report(pattern().text(), "several meters of this number answer at once", sink);
    if (outcome == Outcome::answered) {
      report(id_text(identity ? identity->id : pattern().identity.id),
             identity ? description(*identity) : "no identity", sink);
    } else if (outcome != Outcome::garbled && selected_) {
      report(pattern().text(), "can be selected, but sends no data", sink);
    }
    advance();
  }

  std::string position() const override { return pattern().text(); }

 private:
  Pattern pattern() const {
    Pattern pattern = mask_;
    for (std::size_t i = 0; i < digits_.size(); ++i) {
      pattern.identity.id &= ~(std::uint32_t{0xF} << free_[i]);
      pattern.identity.id |= std::uint32_t{digits_[i]} << free_[i];
    }
    return pattern;
  }

  void advance() {
    while (!digits_.empty()) {
      if (++digits_.back() <= 9) return;
      digits_.pop_back();
    }
    over_ = true;
  }

  const Pattern mask_;
  std::vector<unsigned> free_;        // shifts of the wildcard digits, most significant first
  std::vector<std::uint8_t> digits_;  // what the first of them are set to
  bool data_ = false;
  bool selected_ = false;
  bool over_ = false;
};

class PrimarySearch final : public Search {
 public:
  PrimarySearch(std::uint8_t first, std::uint8_t last) : address_(first), last_(last) {}

  std::optional<core::Bytes> request() const override {
    if (address_ > last_) return std::nullopt;
    const auto address = static_cast<std::uint8_t>(address_);
    return encode_fixed(data_ ? kRequestData | kFrameCount : kResetLink, address);
  }

  bool wants_data() const override { return data_; }

  void outcome(Outcome outcome, const std::optional<Identity>& identity, core::Sink& sink) override {
    const std::string place = "address " + std::to_string(address_);
    if (!data_ && outcome == Outcome::acknowledged) {
      data_ = true;
      return;
    }
    if (outcome == Outcome::garbled) report(place, "several meters of this address answer at once", sink);
    if (outcome == Outcome::answered && identity) {
      report(id_text(identity->id), description(*identity) + ", " + place, sink);
    } else if (outcome == Outcome::answered) {
      report(place, "meter without identity", sink);
    } else if (data_ && outcome != Outcome::garbled) {
      report(place, "can be reset, but sends no data", sink);
    }
    data_ = false;
    ++address_;
  }

  std::string position() const override { return "address " + std::to_string(address_); }

 private:
  unsigned address_;
  const unsigned last_;
  bool data_ = false;
};

}  // namespace

void Search::report(const std::string& id, const std::string& what, core::Sink& sink) {
  ++found_;
  sink.heard(id, what);
}

std::unique_ptr<Search> search_secondary(const Pattern& mask) { return std::make_unique<SecondarySearch>(mask); }

std::unique_ptr<Search> search_primary(std::uint8_t first, std::uint8_t last) {
  return std::make_unique<PrimarySearch>(first, last);
}

}  // namespace afferent::drivers::mbus
