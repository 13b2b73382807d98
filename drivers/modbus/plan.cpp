#include "drivers/modbus/plan.h"

#include <algorithm>
#include <tuple>

namespace afferent::drivers::modbus {
namespace {

struct Piece {
  std::uint8_t function = 3;
  Span span;
  bool is_code = false;
  std::size_t index = 0;
};

std::vector<Piece> pieces_of(const Profile& profile) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < profile.codes.size(); ++i) {
    pieces.push_back({profile.codes[i].function, span_of(profile.codes[i]), true, i});
  }
  for (std::size_t i = 0; i < profile.fields.size(); ++i) {
    pieces.push_back({profile.fields[i].function, span_of(profile.fields[i]), false, i});
  }
  std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
    return std::tie(a.function, a.span.first, a.is_code, a.index) <
           std::tie(b.function, b.span.first, b.is_code, b.index);
  });
  return pieces;
}

bool is_plain(const Profile& profile, const Field& field) {
  return field.function >= 3 && field.raw != Raw::text && field.raw != Raw::bit && !is_real(field.raw) &&
         field.raw != Raw::bcd16 && field.raw != Raw::bcd32 && field.kind == core::Value::Kind::number &&
         !field.round && field.mask == 0 && field.no_value.empty() && field.meanings.empty() && !field.plus &&
         field.scale_by.empty() && field.channel != profile.down.distance;
}

Step step_of(const Profile& profile, std::size_t index, unsigned start) {
  const Field& field = profile.fields[index];
  Step step;
  step.factor = field.linear.factor;
  step.addend = field.linear.addend;
  step.divisor = field.linear.divisor;
  step.field = static_cast<std::uint32_t>(index);
  step.at = static_cast<std::uint16_t>(field.address - start);
  step.channel = field.channel;
  step.width = static_cast<std::uint8_t>(field.width);
  step.raw = field.raw;
  step.order = field.order;
  step.plain = is_plain(profile, field);
  return step;
}

bool continues(const Step& run, const Step& next) {
  return run.plain && next.plain && run.raw == next.raw && run.order == next.order && run.factor == next.factor &&
         run.addend == next.addend && run.divisor == next.divisor && next.at == run.at + run.run * run.width &&
         core::index(next.channel) == core::index(run.channel) + run.run && next.field == run.field + run.run;
}

void append(const Step& step, std::vector<Step>& steps) {
  if (!steps.empty() && continues(steps.back(), step)) {
    ++steps.back().run;
  } else {
    steps.push_back(step);
  }
}

void add(const Profile& profile, const Piece& piece, std::vector<Block>& blocks) {
  const unsigned most = piece.function <= 2 ? profile.max_registers * 16u : profile.max_registers;
  Block* block = blocks.empty() ? nullptr : &blocks.back();
  const unsigned end = block != nullptr ? block->start + block->count + 0u : 0u;
  if (block == nullptr || block->function != piece.function || piece.span.first > end + profile.max_gap ||
      std::max(end, piece.span.end) - block->start > most) {
    block = &blocks.emplace_back();
    block->function = piece.function;
    block->start = static_cast<std::uint16_t>(piece.span.first);
    block->count = static_cast<std::uint16_t>(piece.span.end - piece.span.first);
  } else {
    block->count = static_cast<std::uint16_t>(std::max(end, piece.span.end) - block->start);
  }
  if (piece.is_code) {
    block->codes.push_back(piece.index);
  } else {
    append(step_of(profile, piece.index, block->start), block->steps);
  }
}

}  // namespace

Span span_of(const Field& field) {
  Span span{field.address, field.address + 0u + field.width};
  if (field.plus) {
    span.first = std::min<unsigned>(span.first, field.plus->address);
    span.end = std::max(span.end, field.plus->address + registers_of(field.plus->raw));
  }
  return span;
}

Span span_of(const CodeRegister& code) { return {code.address, code.address + registers_of(code.raw)}; }

std::vector<Block> plan(const Profile& profile) {
  std::vector<Block> blocks;
  for (const Piece& piece : pieces_of(profile)) add(profile, piece, blocks);
  // Those with codes come first, since others are scaled by them; otherwise the order stays.
  std::vector<Block> ordered;
  ordered.reserve(blocks.size());
  for (const bool with_codes : {true, false}) {
    for (const Block& block : blocks) {
      if (block.codes.empty() != with_codes) ordered.push_back(block);
    }
  }
  return ordered;
}

}  // namespace afferent::drivers::modbus
