// The record layer of M-Bus, wired and wireless: what follows the header of an application telegram, cut into records.
// Records borrow the telegram's bytes and cost no allocation once the list has grown. Pure functions, thread-safe.
// EN 13757-3 clause 6: data and value information blocks (DIF, DIFE, VIF, VIFE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/bytes.h"

namespace afferent::drivers::mbus {

enum class Function : std::uint8_t { instantaneous, maximum, minimum, error };

// Which table the value information stands in.
enum class VifTable : std::uint8_t {
  primary,
  fb,        // first extension
  fd,        // main extension
  text,      // VIF 7C: the unit is `unit`
  any,       // VIF 7E
  maker,     // VIF 7F
  reserved,  // EF, and extension bytes without their extension bit
};

// The data as its coding says; scale and meaning are the VIF's (mbus_meaning.h).
struct Raw {
  enum class Kind : std::uint8_t {
    none,     // the record has no data
    integer,  // binary or packed decimals
    real,
    text,     // characters, the last one first (LVAR 00..BF)
    binary,   // more than 8 bytes
    invalid,  // digits above 9, or a real that is no number
  };
  Kind kind = Kind::none;
  bool decimal = false;      // packed decimals
  std::int64_t integer = 0;  // signed
  double real = 0.0;
};

struct Record {
  core::ByteView head;   // DIF to the last VIFE, a plain-text unit included: what a format signature is made of
  core::ByteView data;   // after the LVAR byte, if any
  core::ByteView vifes;  // modifiers, with their extension bits
  core::ByteView unit;   // characters of a plain-text unit, the last one first
  std::uint64_t storage = 0;
  std::uint32_t tariff = 0;
  std::uint32_t subunit = 0;
  Function function = Function::instantaneous;
  VifTable table = VifTable::primary;
  std::uint8_t vif = 0;     // without extension bit
  std::uint8_t coding = 0;  // low nibble of the DIF
  std::uint8_t lvar = 0;
  Raw raw;
};

struct Records {
  std::vector<Record> list;
  core::ByteView maker_data;   // after DIF 0F or 1F
  bool more_follows = false;   // DIF 1F: the answer goes on in the next telegram
  std::string_view trouble;    // why reading stopped; empty: it did not. Static text
  std::size_t trouble_at = 0;  // offset in the format bytes

  void clear();
};

// Bytes of data for a DIF's low nibble; 0 for none, selection and variable length.
std::size_t data_size(std::uint8_t coding);
// `data` by its DIF coding; by its LVAR byte where the coding is D.
Raw read_raw(std::uint8_t coding, std::uint8_t lvar, core::ByteView data);

// Cuts `payload` (the bytes after the header) into records; fillers (2F) are dropped. False with `out.trouble` set when
// the bytes cannot be understood to their end: nothing of such a telegram is to be trusted.
bool read_records(core::ByteView payload, Records& out);
// The same where the DIF and VIF bytes are known from an earlier telegram and `data` holds the values only (compact
// frames, EN 13757-7 annex "compact frame"). Bytes of `data` left over are trouble, but for fillers.
bool read_records(core::ByteView format, core::ByteView data, Records& out);

// DIF and VIF bytes of all records one after the other: the input of a format signature, and the `format` above.
void append_format(const Records& records, core::Bytes& out);

// A text of the wire, put the right way round and made UTF-8 (it is ISO 8859-1); what is not printable is dropped.
std::string reversed_text(core::ByteView bytes);

}  // namespace afferent::drivers::mbus
