#include "drivers/modbus/register_parser.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <vector>

#include "drivers/common/numbers.h"
#include "drivers/common/option_error.h"

namespace afferent::drivers::modbus {
namespace {

using core::ConfigNode;
using core::Error;
using core::Quantity;
using core::Result;

struct KnownChannel {
  std::string_view name;
  Quantity quantity;
};

// Channel names that mean the same whatever the driver; storage and tariff numbers do not count.
constexpr std::array kKnownChannels{
    KnownChannel{"volume", Quantity::volume},
    KnownChannel{"volume_due", Quantity::volume},
    KnownChannel{"volume_reverse", Quantity::volume},
    KnownChannel{"flow", Quantity::flow},
    KnownChannel{"energy", Quantity::energy},
    KnownChannel{"power", Quantity::power},
    KnownChannel{"temperature", Quantity::temperature},
    KnownChannel{"supply_temperature", Quantity::temperature},
    KnownChannel{"return_temperature", Quantity::temperature},
    KnownChannel{"level", Quantity::length},
    KnownChannel{"distance", Quantity::length},
    KnownChannel{"rain", Quantity::rain},
    KnownChannel{"pressure", Quantity::pressure},
    KnownChannel{"tilt", Quantity::angle},
    KnownChannel{"open", Quantity::boolean},
    KnownChannel{"flooded", Quantity::boolean},
    KnownChannel{"moved", Quantity::boolean},
    KnownChannel{"valve", Quantity::text},
    KnownChannel{"battery", Quantity::ratio},
    KnownChannel{"voltage", Quantity::voltage},
    KnownChannel{"rssi", Quantity::signal},
};

Quantity usual_quantity(std::string_view channel, const Field& field) {
  const std::string_view stem = channel.substr(0, channel.find_first_of("@#"));
  for (const KnownChannel& known : kKnownChannels) {
    if (known.name == stem) return known.quantity;
  }
  if (stem.starts_with("flag_")) return Quantity::boolean;
  if (field.raw == Raw::text) return Quantity::text;
  if (field.raw == Raw::bit) return Quantity::boolean;
  if (!field.meanings.empty()) return field.meanings.front().text.empty() ? Quantity::boolean : Quantity::text;
  return Quantity::none;
}

std::uint64_t width_mask(unsigned registers) {
  return registers >= 4 ? ~std::uint64_t{0} : (std::uint64_t{1} << (16 * registers)) - 1;
}

std::string shown(const ConfigNode& number) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number.real());
  return {digits.data(), end};
}

class RegisterParser {
 public:
  RegisterParser(const ConfigNode& node, const RegisterDefaults& defaults, Profile& profile)
      : node_(node), defaults_(defaults), profile_(profile) {}

  Result<void> parse() {
    for (const auto step :
         {&RegisterParser::layout, &RegisterParser::bits, &RegisterParser::scaling, &RegisterParser::meanings,
          &RegisterParser::summand, &RegisterParser::scale_codes, &RegisterParser::channel}) {
      if (Result<void> done = (this->*step)(); !done) return done;
    }
    return append();
  }

 private:
  Error error(std::string_view key, const std::string& message) const {
    const ConfigNode& at = node_[key];
    const std::string text =
        "register '" + std::string(node_["channel"].text()) + "', " + std::string(key) + ": " + message;
    return config_error(at.source().line != 0 ? at : node_, text);
  }

  Result<std::uint16_t> wire_address(const ConfigNode& parent, std::string_view key, unsigned width) const {
    const std::int64_t address = parent["address"].integer() - defaults_.base;
    if (address < 0) return error(key, "documented numbers start at 1 because base = 1");
    if (address + width > 65536) return error(key, "reaches beyond register 65535");
    return static_cast<std::uint16_t>(address);
  }

  Order order_of(const ConfigNode& node, unsigned width, Order otherwise) const {
    if (const auto own = order_named(node["order"].text())) return *own;
    return width > 1 ? otherwise : Order{};
  }

  Result<void> layout() {
    field_.function = static_cast<std::uint8_t>(node_["function"].integer(defaults_.function));
    const bool coil = field_.function <= 2;
    field_.raw = raw_named(node_["type"].text()).value_or(coil ? Raw::bit : Raw::u16);
    if (coil && field_.raw != Raw::bit) return error("type", "functions 1 and 2 read bits: only 'bit' is possible");
    field_.width = static_cast<std::uint16_t>(registers_of(field_.raw));
    if (field_.raw == Raw::text) {
      if (!node_.has("length")) return error("length", "missing; a text needs its number of registers");
      field_.width = static_cast<std::uint16_t>(node_["length"].integer(1));
    } else if (node_.has("length")) {
      return error("length", "only a text has a length");
    }
    field_.order = order_of(node_, field_.width, defaults_.order);
    Result<std::uint16_t> address = wire_address(node_, "address", field_.width);
    if (!address) return std::move(address).error();
    field_.address = *address;
    return {};
  }

  Result<void> bits() {
    const bool coil = field_.function <= 2;
    if (node_.has("mask") && node_.has("bit")) return error("bit", "either mask or bit, not both");
    if (node_.has("mask")) field_.mask = static_cast<std::uint64_t>(node_["mask"].integer());
    if (node_.has("bit")) field_.mask = std::uint64_t{1} << node_["bit"].integer();
    if (!coil && field_.raw == Raw::bit && field_.mask == 0)
      return error("bit", "missing; a bit of a register needs its number, or a mask");
    field_.invert = node_["invert"].boolean();
    if (field_.mask == 0) return {};
    if (coil || field_.raw == Raw::text || is_real(field_.raw))
      return error(node_.has("bit") ? "bit" : "mask", "only whole numbers have bits");
    if ((field_.mask & ~width_mask(field_.width)) != 0)
      return error(node_.has("bit") ? "bit" : "mask", "beyond the width of the type");
    field_.shift = static_cast<unsigned>(std::countr_zero(field_.mask));
    return {};
  }

  Result<void> scaling() {
    const double scale = node_["scale"].real(1.0);
    if (scale == 0 || !std::isfinite(scale)) return error("scale", "must not be 0");
    const int decimals = static_cast<int>(node_["decimals"].integer());
    field_.scale = fraction_of(scale) * Fraction{1.0, power_of_ten(decimals), decimals};
    field_.offset = node_["offset"].real();
    field_.linear = linear_of(field_.scale, field_.offset);
    if (node_.has("round")) field_.round = static_cast<int>(node_["round"].integer());
    return no_values();
  }

  Result<void> no_values() {
    for (const ConfigNode& code : node_["no_value"].list()) {
      const bool bits = field_.function >= 3;
      const std::vector<std::uint64_t> forms = bits ? forms_of(field_.raw, code.real()) : std::vector<std::uint64_t>{};
      if (forms.empty()) {
        return error("no_value", shown(code) + " is nothing that " + (bits ? "a register of this type" : "a bit") +
                                     " can hold; right would be the raw number, before scale and offset");
      }
      field_.no_value.insert(field_.no_value.end(), forms.begin(), forms.end());
    }
    return {};
  }

  Result<void> meanings() {
    for (const ConfigNode& item : node_["values"].list()) {
      if (item.has("text") == item.has("boolean")) return error("values", "each needs either a text or a boolean");
      const std::uint64_t raw = static_cast<std::uint64_t>(item["raw"].integer()) & width_mask(field_.width);
      Meaning meaning{raw, std::string(item["text"].text()), item["boolean"].boolean()};
      if (item.has("text") && meaning.text.empty()) return error("values", "a text must not be empty");
      if (!field_.meanings.empty() && field_.meanings.front().text.empty() != meaning.text.empty()) {
        return error("values", "texts and booleans cannot be mixed");
      }
      for (const Meaning& other : field_.meanings) {
        if (other.raw == meaning.raw) return error("values", "raw " + std::to_string(raw) + " is there twice");
      }
      field_.meanings.push_back(std::move(meaning));
    }
    if (!field_.meanings.empty() && (is_real(field_.raw) || field_.raw == Raw::text)) {
      return error("values", "only whole numbers can stand for something");
    }
    return {};
  }

  Result<void> summand() {
    const ConfigNode& plus = node_["plus"];
    if (plus.empty()) return {};
    if (field_.function <= 2 || field_.raw == Raw::text) return error("plus", "only numbers in registers can be added");
    Summand summand;
    summand.raw = raw_named(plus["type"].text()).value_or(Raw::u16);
    const unsigned width = registers_of(summand.raw);
    const Order inherited = field_.width > 1 ? field_.order : defaults_.order;
    summand.order = order_of(plus, width, inherited);
    Result<std::uint16_t> address = wire_address(plus, "plus", width);
    if (!address) return std::move(address).error();
    summand.address = *address;
    summand.scale = fraction_of(plus["scale"].real(1.0));
    field_.plus = summand;
    return {};
  }

  Result<void> scale_codes() {
    for (const ConfigNode& item : node_["scale_by"].list()) {
      ScaleBy by;
      for (const ConfigNode& code : item["codes"].list()) {
        UnitCode unit{static_cast<std::uint64_t>(code["code"].integer()), std::nullopt};
        if (code.has("scale")) unit.scale = fraction_of(code["scale"].real());
        for (const UnitCode& other : by.codes) {
          if (other.code == unit.code)
            return error("scale_by", "code " + std::to_string(unit.code) + " is there twice");
        }
        by.codes.push_back(unit);
      }
      if (by.codes.empty()) return error("scale_by", "needs at least one code");
      Result<void> source = item.has("address") ? code_register(item, by) : fixed_code(item, by);
      if (!source) return source;
      field_.scale_by.push_back(std::move(by));
    }
    return {};
  }

  Result<void> code_register(const ConfigNode& item, ScaleBy& by) {
    CodeRegister code;
    code.function = static_cast<std::uint8_t>(item["function"].integer(field_.function < 3 ? 3 : field_.function));
    code.raw = raw_named(item["type"].text()).value_or(Raw::u16);
    const unsigned width = registers_of(code.raw);
    code.order = order_of(item, width, defaults_.order);
    code.mask = item.has("mask") ? static_cast<std::uint64_t>(item["mask"].integer()) : width_mask(width);
    Result<std::uint16_t> address = wire_address(item, "scale_by", width);
    if (!address) return std::move(address).error();
    code.address = *address;
    std::size_t at = 0;
    while (at < profile_.codes.size() && !(profile_.codes[at] == code)) ++at;
    if (at == profile_.codes.size()) profile_.codes.push_back(code);
    by.code_register = at;
    return {};
  }

  Result<void> fixed_code(const ConfigNode& item, ScaleBy& by) {
    if (!defaults_.unit_code && !item.has("standard")) {
      return error("scale_by", "needs an address, a standard code, or the device's unit_code");
    }
    by.fixed = defaults_.unit_code.value_or(static_cast<std::uint64_t>(item["standard"].integer()));
    for (const UnitCode& unit : by.codes) {
      if (unit.code == by.fixed) return {};
    }
    std::string allowed;
    for (const UnitCode& unit : by.codes) allowed += (allowed.empty() ? "" : ", ") + std::to_string(unit.code);
    return error("scale_by", "unit_code " + std::to_string(by.fixed) + " is not known; allowed: " + allowed);
  }

  Result<void> channel() {
    const std::string_view name = node_["channel"].text();
    if (!core::is_channel_name(name)) {
      return error("channel",
                   "'" + std::string(name) + "' is no channel name; right would be e.g. 'level', 'volume@1'");
    }
    if (node_.has("count") && name.find_first_of("@#") != name.npos)
      return error("count", "a numbered channel cannot be counted");
    spec_.quantity = core::quantity_named(node_["quantity"].text()).value_or(usual_quantity(name, field_));
    spec_.minimum = node_["minimum"].real(spec_.minimum);
    spec_.maximum = node_["maximum"].real(spec_.maximum);
    if (spec_.minimum > spec_.maximum) return error("minimum", "is above maximum");
    field_.kind = core::kind_of(spec_.quantity);
    spec_.exponent = exponent();
    return kinds_fit();
  }

  Result<void> kinds_fit() const {
    using Kind = core::Value::Kind;
    const bool to_text = field_.raw == Raw::text || (!field_.meanings.empty() && !field_.meanings.front().text.empty());
    if (to_text != (field_.kind == Kind::text)) {
      return error("quantity",
                   to_text ? "a text needs quantity 'text'" : "quantity 'text' needs type 'text' or texts in values");
    }
    if (!field_.meanings.empty() && field_.kind == Kind::number)
      return error("quantity", "booleans in values need quantity 'boolean'");
    if (field_.invert && field_.kind != Kind::boolean) return error("invert", "only a boolean can be inverted");
    return {};
  }

  std::int8_t exponent() const {
    if (field_.kind != core::Value::Kind::number) return 0;
    if (field_.round) return static_cast<std::int8_t>(-*field_.round);
    if (is_real(field_.raw) || (field_.plus && is_real(field_.plus->raw))) return 0;
    Fraction scale = field_.scale;
    for (const ScaleBy& by : field_.scale_by) {
      // The coarsest of the possible units: an encoder goes finer by itself, but never coarser.
      Fraction coarsest;
      for (const UnitCode& unit : by.codes) {
        if (unit.scale)
          coarsest = unit.scale->decimals < coarsest.decimals || &unit == &by.codes.front() ? *unit.scale : coarsest;
      }
      scale = scale * coarsest;
    }
    const int found = exponent_of(scale, field_.offset);
    return static_cast<std::int8_t>(
        field_.plus ? std::min(found, exponent_of(scale * field_.plus->scale, field_.offset)) : found);
  }

  Result<void> append() {
    const bool numbered = node_.has("count");
    const std::int64_t count = node_["count"].integer(1);
    const unsigned width = field_.width;
    if (field_.address + count * width > 65536) return error("count", "reaches beyond register 65535");
    if (numbered && field_.plus) return error("plus", "cannot be combined with count");
    const std::string name(node_["channel"].text());
    for (std::int64_t i = 0; i < count; ++i) {
      if (profile_.channels.size() >= 65000) return error("count", "a device has at most 65000 channels");
      spec_.name = numbered ? name + std::to_string(i) : name;
      field_.channel = static_cast<core::Channel>(profile_.channels.size());
      profile_.channels.push_back(spec_);
      profile_.fields.push_back(field_);
      field_.address = static_cast<std::uint16_t>(field_.address + width);
    }
    return {};
  }

  const ConfigNode& node_;
  const RegisterDefaults& defaults_;
  Profile& profile_;
  Field field_;
  core::ChannelSpec spec_;
};

}  // namespace

Result<void> add_register(const ConfigNode& node, const RegisterDefaults& defaults, Profile& profile) {
  return RegisterParser(node, defaults, profile).parse();
}

}  // namespace afferent::drivers::modbus
