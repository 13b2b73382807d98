# 64-bit ARM: Raspberry Pi 3, 4, 5, Zero 2 W with a 64-bit system, and other ARMv8 boxes.
set(AFFERENT_TRIPLE aarch64-linux-gnu)
set(AFFERENT_TARGET arm64)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(AFFERENT_EMULATOR qemu-aarch64-static)
include(${CMAKE_CURRENT_LIST_DIR}/debian-cross.cmake)
