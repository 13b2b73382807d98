// `afferent`: what a technician, an operator and a developer ask of the agent and its parts.
#include "tools/cli/command_line.h"

int main(int argc, char** argv) { return afferent::cli::run(argc, argv); }
