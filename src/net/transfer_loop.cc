// The thread behind the client: curl's multi interface on epoll, so that waiting transfers cost nothing.
#include <curl/curl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <set>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "base/time.h"
#include "transfer.h"
#include "transfer_setup.h"

namespace guildhall::net {
namespace {

constexpr std::int64_t kIdleCheckUs = 50'000;
constexpr std::size_t kSpareHandlesMax = 64;

void initialise_curl() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (once != CURLE_OK) throw std::runtime_error("libcurl does not initialise");
}

}  // namespace

struct TransferLoop::State {
  explicit State(const Gate& checked_by) : gate(checked_by) {}

  static int on_socket(CURL*, curl_socket_t socket, int what, void* user, void* known);
  static int on_timer(CURLM*, long timeout_ms, void* user);

  void loop();
  void take_commands();
  void start(std::shared_ptr<Transfer> transfer);
  void collect();
  void check_limits();
  void finish(TransferHandle& handle, std::optional<OutboundError> error);
  void wake() const;
  int wait_ms() const;

  const Gate& gate;
  CURLM* multi = nullptr;
  int epoll = -1;
  int wake_fd = -1;
  std::int64_t timer_us = -1;  ///< when curl wants to be called; -1 = not
  std::int64_t checked_us = 0;
  std::unordered_map<Transfer*, std::unique_ptr<TransferHandle>> running;
  std::vector<CURL*> spare;
  std::thread thread;

  std::mutex mutex;  ///< of what follows
  std::vector<std::shared_ptr<Transfer>> submitted;
  std::vector<std::shared_ptr<Transfer>> cancelled;
  bool is_woken = false;
  bool is_stopping = false;
};

TransferLoop::TransferLoop(const Gate& gate, std::size_t connections_per_host_max) : state_(std::make_unique<State>(gate)) {
  initialise_curl();
  State& state = *state_;
  state.multi = curl_multi_init();
  state.epoll = epoll_create1(EPOLL_CLOEXEC);
  state.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (state.multi == nullptr || state.epoll < 0 || state.wake_fd < 0) {
    throw std::system_error(errno, std::generic_category(), "the outbound client cannot start");
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = state.wake_fd;
  epoll_ctl(state.epoll, EPOLL_CTL_ADD, state.wake_fd, &event);
  curl_multi_setopt(state.multi, CURLMOPT_SOCKETFUNCTION, &State::on_socket);
  curl_multi_setopt(state.multi, CURLMOPT_SOCKETDATA, &state);
  curl_multi_setopt(state.multi, CURLMOPT_TIMERFUNCTION, &State::on_timer);
  curl_multi_setopt(state.multi, CURLMOPT_TIMERDATA, &state);
  curl_multi_setopt(state.multi, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(connections_per_host_max));
  curl_multi_setopt(state.multi, CURLMOPT_MAXCONNECTS, static_cast<long>(connections_per_host_max));
  state.thread = std::thread([&state] { state.loop(); });
}

TransferLoop::~TransferLoop() {
  State& state = *state_;
  {
    const std::lock_guard lock(state.mutex);
    state.is_stopping = true;
    state.wake();
  }
  state.thread.join();
  for (CURL* easy : state.spare) curl_easy_cleanup(easy);
  curl_multi_cleanup(state.multi);
  ::close(state.epoll);
  ::close(state.wake_fd);
}

void TransferLoop::submit(std::shared_ptr<Transfer> transfer) {
  const std::lock_guard lock(state_->mutex);
  state_->submitted.push_back(std::move(transfer));
  if (!std::exchange(state_->is_woken, true)) state_->wake();
}

void TransferLoop::cancel(const std::shared_ptr<Transfer>& transfer) {
  const std::lock_guard lock(state_->mutex);
  state_->cancelled.push_back(transfer);
  if (!std::exchange(state_->is_woken, true)) state_->wake();
}

void TransferLoop::State::wake() const {
  const std::uint64_t one = 1;
  // The counter cannot overflow: it is written once per round of the loop.
  [[maybe_unused]] const auto written = ::write(wake_fd, &one, sizeof(one));
}

int TransferLoop::State::on_socket(CURL*, curl_socket_t socket, int what, void* user, void* known) {
  auto& state = *static_cast<State*>(user);
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(state.epoll, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
  event.data.fd = socket;
  epoll_ctl(state.epoll, known != nullptr ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
  if (known == nullptr) curl_multi_assign(state.multi, socket, &state);
  return 0;
}

int TransferLoop::State::on_timer(CURLM*, long timeout_ms, void* user) {
  auto& state = *static_cast<State*>(user);
  state.timer_us = timeout_ms < 0 ? -1 : monotonic_us() + std::int64_t{timeout_ms} * 1000;
  return 0;
}

int TransferLoop::State::wait_ms() const {
  const auto now_us = monotonic_us();
  std::int64_t wait_us = running.empty() ? 60'000'000 : kIdleCheckUs;
  if (timer_us >= 0) wait_us = std::min(wait_us, std::max<std::int64_t>(timer_us - now_us, 0));
  return static_cast<int>((wait_us + 999) / 1000);
}

void TransferLoop::State::loop() {
  pthread_setname_np(pthread_self(), "http-client");
  std::array<epoll_event, 256> events;
  while (true) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), wait_ms());
    int still_running = 0;
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.fd == wake_fd) {
        std::uint64_t ignored = 0;
        [[maybe_unused]] const auto taken = ::read(wake_fd, &ignored, sizeof(ignored));
        continue;
      }
      int what = 0;
      if ((event.events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
      if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
      if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
      curl_multi_socket_action(multi, event.data.fd, what, &still_running);
    }
    if (timer_us >= 0 && monotonic_us() >= timer_us) {
      timer_us = -1;
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &still_running);
    }
    collect();
    take_commands();
    check_limits();
    const std::lock_guard lock(mutex);
    if (is_stopping) break;
  }
  const OutboundError over(OutboundFailure::cancelled, "the server is shutting down");
  while (!running.empty()) finish(*running.begin()->second, over);
}

void TransferLoop::State::take_commands() {
  std::vector<std::shared_ptr<Transfer>> to_start;
  std::vector<std::shared_ptr<Transfer>> to_cancel;
  {
    const std::lock_guard lock(mutex);
    to_start.swap(submitted);
    to_cancel.swap(cancelled);
    is_woken = false;
  }
  for (auto& transfer : to_start) start(std::move(transfer));
  for (const auto& transfer : to_cancel) {
    const auto found = running.find(transfer.get());
    if (found == running.end()) continue;
    finish(*found->second, OutboundError(OutboundFailure::cancelled, "the request was cancelled"));
  }
}

void TransferLoop::State::start(std::shared_ptr<Transfer> transfer) {
  auto handle = std::make_unique<TransferHandle>();
  handle->gate = &gate;
  handle->transfer = std::move(transfer);
  if (spare.empty()) {
    handle->easy = curl_easy_init();
  } else {
    handle->easy = spare.back();
    spare.pop_back();
  }
  auto& started = *handle;
  started.transfer->progress_us = monotonic_us();
  running.emplace(started.transfer.get(), std::move(handle));
  if (started.easy == nullptr || !set_up(started) || curl_multi_add_handle(multi, started.easy) != CURLM_OK) {
    finish(started, OutboundError(OutboundFailure::protocol, "the request cannot be sent"));
  }
}

void TransferLoop::State::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    TransferHandle* handle = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &handle);
    long status = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
    handle->transfer->response.status = static_cast<int>(status);
    finish(*handle, outcome(*handle, message->data.result));
  }
}

void TransferLoop::State::check_limits() {
  const auto now_us = monotonic_us();
  if (now_us - checked_us < kIdleCheckUs) return;
  checked_us = now_us;
  std::vector<TransferHandle*> late;
  for (const auto& [transfer, handle] : running) {
    const bool is_idle = transfer->idle_timeout_us != 0 && now_us - transfer->progress_us > transfer->idle_timeout_us;
    const bool is_over = transfer->deadline_us != 0 && now_us > transfer->deadline_us;
    if (is_idle || is_over) late.push_back(handle.get());
  }
  for (auto* handle : late) finish(*handle, OutboundError(OutboundFailure::timeout, "the server did not answer in time"));
}

void TransferLoop::State::finish(TransferHandle& handle, std::optional<OutboundError> error) {
  const auto transfer = handle.transfer;
  if (handle.easy != nullptr) {
    curl_multi_remove_handle(multi, handle.easy);
    curl_easy_reset(handle.easy);
    if (spare.size() < kSpareHandlesMax) {
      spare.push_back(handle.easy);
    } else {
      curl_easy_cleanup(handle.easy);
    }
  }
  curl_slist_free_all(handle.headers);
  curl_slist_free_all(handle.pins);
  running.erase(transfer.get());
  {
    const std::lock_guard lock(transfer->mutex);
    transfer->error = std::move(error);
    transfer->is_done = true;
  }
  transfer->done.notify_all();
}

}  // namespace guildhall::net
