// Electronic Product Codes of UHF tags: bits to URIs and GS1 keys. Pure functions.
//
// Source: GS1 EPC Tag Data Standard 1.13, sections 14.5 and 14.6 (SGTIN-96 and -198, SSCC-96, GRAI-96 and -170, GIAI-96
// and -202), and 2.0, section 14.6.1 (SGTIN+). A tag with any other header is no mistake: operators write their own
// numbers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/result.h"

namespace afferent::drivers::epc {

struct Epc {
  std::string_view scheme;    // "grai-96"
  std::string tag_uri;        // urn:epc:tag:grai-96:5.0614141.12345.400; empty for SGTIN+, which has none
  std::string pure_identity;  // urn:epc:id:grai:0614141.12345.400; likewise
  std::vector<std::pair<std::string_view, std::string>> elements;  // application identifier and value, in order

  std::string gs1_key() const;  // "(01)79521141123453(21)32a/b"
};

// `bytes` begin with the header and may end with zeros up to a whole 16-bit word. Error{not_found} for a header of
// another scheme, named where it is one of GS1, {bad_input} for bits that this one does not allow; the message says
// which.
core::Result<Epc> decode(core::ByteView bytes);

// Of digits without theirs: weights 3 and 1 from the right (GS1 General Specifications, section 7.9.1).
char check_digit(std::string_view digits);

}  // namespace afferent::drivers::epc
