// Keeps the process small.
#pragma once

namespace afferent::io {

// One heap for all threads: they hardly ever allocate at the same moment, and each further heap is half empty. Call it
// before there are threads.
void share_one_heap();

// Drops the process's claim on unmodified pages of program and libraries, most of which ran once, and free heap. What
// is still used comes back from the page cache at its next use, within microseconds each. Call it once, when starting
// is over.
void give_back_startup_memory();

}  // namespace afferent::io
