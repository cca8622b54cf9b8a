// Memory is wiped when it is given back, so that no key, password or document outlives its request in the server's memory: buffers of
// connections, parsed JSON and copies of strings cannot each be remembered, freeing them can (contracts/identity-and-security.md §27
// row 8). What is freed is zeroed whole, which for the usual small block costs a few nanoseconds.
#include <malloc.h>
#include <string.h>

#include <cstdlib>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GUILDHALL_SANITIZER_OWNS_THE_HEAP
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GUILDHALL_SANITIZER_OWNS_THE_HEAP
#endif

#ifndef GUILDHALL_SANITIZER_OWNS_THE_HEAP
namespace {

void wipe_and_free(void* block) noexcept {
  if (block == nullptr) return;
  explicit_bzero(block, malloc_usable_size(block));
  std::free(block);
}

}  // namespace

// The matching operators new are the library's: they take from malloc and aligned_alloc.
void operator delete(void* block) noexcept { wipe_and_free(block); }
void operator delete[](void* block) noexcept { wipe_and_free(block); }
void operator delete(void* block, std::size_t) noexcept { wipe_and_free(block); }
void operator delete[](void* block, std::size_t) noexcept { wipe_and_free(block); }
void operator delete(void* block, std::align_val_t) noexcept { wipe_and_free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { wipe_and_free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { wipe_and_free(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { wipe_and_free(block); }
#endif
