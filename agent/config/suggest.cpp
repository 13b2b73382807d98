#include "agent/config/suggest.h"

#include <algorithm>
#include <numeric>

namespace afferent::config {
namespace {

constexpr std::size_t kLongest = 64;  // longer names are not compared: the cost grows with the product of the lengths

// Letters to insert, delete, replace or swap with their neighbour to make one of the other (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> older(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], older[j - 2] + 1);
    }
    older.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

}  // namespace

std::string_view nearest(std::string_view wrong, const Names& names) {
  if (wrong.empty() || wrong.size() > kLongest) return {};
  const std::string sought = lower(wrong);
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, wrong.size() / 3) + 1;
  for (const std::string_view name : names) {
    if (name.size() > kLongest) continue;
    const std::size_t steps = distance(sought, lower(name));
    // A name of which nothing would be left is not near.
    if (steps < least && steps < std::max(sought.size(), name.size())) {
      least = steps;
      best = name;
    }
  }
  return best;
}

std::string hint(std::string_view wrong, const Names& names, std::string_view introduction) {
  const std::string_view near = nearest(wrong, names);
  if (!near.empty()) return "; did you mean '" + std::string(near) + "'?";
  if (names.empty()) return {};
  return "; " + std::string(introduction) + ": " + joined(names);
}

std::string joined(const Names& names, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    if (i != 0) out += ", ";
    out += names[i];
  }
  return names.size() > most ? out + ", ..." : out;
}

Names split(std::string_view text, char separator) {
  Names parts;
  if (text.empty()) return parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

}  // namespace afferent::config
