// Gives back the memory that only starting needed.
#pragma once

namespace afferent::io {

// Drops the process's claim on unmodified pages of program and libraries, most of which ran once, and free heap. What
// is still used comes back from the page cache at its next use, within microseconds each. Call it once, when starting
// is over.
void give_back_startup_memory();

}  // namespace afferent::io
