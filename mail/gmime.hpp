#pragma once

#include <glib-object.h>
#include <glib.h>

#include <memory>

/// Ownership of what GMime and GLib hand out; for .cpp files only.
namespace mail {

struct release_object {
    void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using object_ptr = std::unique_ptr<T, release_object>;

struct release_text {
    void operator()(char* text) const { g_free(text); }
};
using text_ptr = std::unique_ptr<char, release_text>;

/// Before any other call into GMime; cheap after the first time.
void start_gmime();

} // namespace mail
