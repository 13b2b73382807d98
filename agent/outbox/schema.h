// The tables of the store and the steps from one version of them to the next. Belongs to the deliver thread.
//
// `user_version` holds the version, `application_id` says that the file is ours. A step is never changed once released:
// a new layout is a new step at the end, with a test that takes a store of the version before through it.
#pragma once

#include <cstdint>
#include <span>

#include "agent/core/result.h"
#include "agent/outbox/sqlite.h"

namespace afferent::outbox {

inline constexpr std::int64_t kApplicationId = 0x41666672;  // "Affr"

// steps()[n] takes a store from version n to n + 1; version 0 is an empty file.
std::span<const char* const> steps();

// Error{bad_config} for a file that is not ours or of a newer version: nothing was written to it then.
// Error{bad_input} for a damaged one.
core::Result<void> check_version(Database& database, std::span<const char* const> known);

// Applies the missing steps, each in a transaction of its own together with its version.
core::Result<void> migrate(Database& database, std::span<const char* const> known);

}  // namespace afferent::outbox
