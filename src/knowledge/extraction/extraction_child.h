// The parent's side of a child that reads documents: starting it, handing it one document, ending it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "extraction/extraction_protocol.h"

namespace guildhall::knowledge {

/// A descriptor that closes itself.
class OwnedDescriptor {
 public:
  explicit OwnedDescriptor(int descriptor = -1) : descriptor_(descriptor) {}
  ~OwnedDescriptor();
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

/// A nameless file in memory, readable through a mapping.
class MemoryFile {
 public:
  MemoryFile();
  explicit MemoryFile(std::string_view content);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const { return descriptor_.get(); }
  /// Forgets what was written by a process that is gone.
  void clear() const;
  /// What was written into it, once nobody writes any more.
  std::string_view content();

 private:
  OwnedDescriptor descriptor_;
  void* mapping_ = nullptr;
  std::size_t size_ = 0;
};

/// One child, for one thread at a time.
class ExtractionChild {
 public:
  /// std::runtime_error when the program cannot be started.
  explicit ExtractionChild(const std::string& program);
  ~ExtractionChild();
  ExtractionChild(const ExtractionChild&) = delete;
  ExtractionChild& operator=(const ExtractionChild&) = delete;

  enum class End : std::uint8_t { replied, timed_out, died };
  /// After timed_out and died the child is gone and of no more use.
  End run(const ExtractionRequest& request, const MemoryFile& input, const MemoryFile& output, const MemoryFile& diagnostics,
          std::int64_t wall_ms, ExtractionReply& reply);

 private:
  bool send_request(const ExtractionRequest& request, const MemoryFile& input, const MemoryFile& output,
                    const MemoryFile& diagnostics);
  void end();

  OwnedDescriptor socket_;
  pid_t pid_ = -1;
};

}  // namespace guildhall::knowledge
