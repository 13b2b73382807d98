// A file that is no driver; with UNRESOLVED one that needs what nobody has.
extern "C" {
#ifdef UNRESOLVED
int afferent_nobody_has_this();
__attribute__((visibility("default"))) int call() { return afferent_nobody_has_this(); }
#else
__attribute__((visibility("default"))) int call() { return 1; }
#endif
}
