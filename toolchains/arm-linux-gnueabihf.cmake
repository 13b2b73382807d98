# 32-bit ARM, ARMv7 and newer: BeagleBone and boxes with a 32-bit system. Not Raspberry Pi 1 and Zero, which are ARMv6.
set(AFFERENT_TRIPLE arm-linux-gnueabihf)
set(AFFERENT_TARGET armhf)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(AFFERENT_EMULATOR qemu-arm-static)
include(${CMAKE_CURRENT_LIST_DIR}/debian-cross.cmake)
