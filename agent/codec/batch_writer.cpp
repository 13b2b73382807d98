#include "agent/codec/batch_writer.h"

#include "agent/codec/channel_numbers.h"
#include "agent/codec/decimal.h"

namespace afferent::codec {

void Batcher::Writer::begin(core::Nanos base) {
  batch_.Clear();
  measured_index_ = measured_ms_ = 0;
  base_ms_ = static_cast<std::int64_t>(to_ms(base));
  batch_.set_base_ms(static_cast<std::uint64_t>(base_ms_));
}

void Batcher::Writer::device(const std::string& id, std::span<const core::Nanos> polls) {
  *batch_.add_device() = id;
  batch_.add_polls(static_cast<std::uint32_t>(polls.size()));
  std::int64_t before = base_ms_;
  std::int64_t step_before = 0;
  for (std::size_t i = 0; i < polls.size(); ++i) {
    const auto at = static_cast<std::int64_t>(to_ms(polls[i]));
    const std::int64_t step = at - before;
    // Offset to base, then a difference, then differences of differences: regular polling costs a byte a poll.
    batch_.add_poll_dt(static_cast<std::int32_t>(i < 2 ? step : step - step_before));
    before = at;
    step_before = step;
  }
}

void Batcher::Writer::series(const Column& column) {
  batch_.add_series(static_cast<std::uint32_t>(batch_.device_size() - 1));
  if (column.number != 0) {
    batch_.add_channel(column.number);
  } else {
    batch_.add_channel(kFirstNamedChannel + static_cast<std::uint32_t>(batch_.name_size()));
    *batch_.add_name() = column.name;
  }
  const int base = batch_.value_size();
  for (const auto& [index, quality] : column.exceptions) {
    batch_.add_exception(static_cast<std::uint32_t>(base) + index);
    batch_.add_exception(quality);
  }
  for (const auto& [index, at] : column.measured) {
    batch_.add_measured(base + std::int64_t{index} - measured_index_);
    batch_.add_measured(at - measured_ms_);
    measured_index_ = base + std::int64_t{index};
    measured_ms_ = at;
  }
  number(column);
}

void Batcher::Writer::number(const Column& column) {
  if (column.kind == core::Value::Kind::text) {
    const int first = batch_.text_size();
    for (const std::string& text : column.texts) *batch_.add_text() = text;
    // A column whose first polls had no reading has to point at something.
    if (column.texts.empty()) batch_.add_text();
    wholes_.clear();
    for (const double index : column.numbers) wholes_.push_back(first + static_cast<std::int64_t>(index));
    batch_.add_exponent(kTextExponent);
    values(wholes_);
    return;
  }
  const int exponent = to_decimals(column.numbers, column.exponent, wholes_);
  batch_.add_exponent(exponent);
  if (exponent == kRealExponent) {
    for (const double real : column.numbers) {
      wholes_.push_back(batch_.real_size());
      batch_.add_real(real);
    }
  }
  values(wholes_);
}

void Batcher::Writer::values(std::span<const std::int64_t> wholes) {
  auto& value = *batch_.mutable_value();
  value.Reserve(value.size() + static_cast<int>(wholes.size()));
  std::int64_t before = 0;
  for (const std::int64_t whole : wholes) {
    value.AddAlreadyReserved(whole - before);
    before = whole;
  }
}

core::Bytes Batcher::Writer::finish() { return serialized(batch_); }

}  // namespace afferent::codec
