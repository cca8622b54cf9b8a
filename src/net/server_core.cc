// The inbox of the I/O thread and the server's metrics.
#include "server_core.h"

#include <string>

namespace guildhall::net {

void Inbox::push(std::shared_ptr<Wakeable> item) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return;
  items_.push_back(std::move(item));
  if (is_scheduled_) return;
  is_scheduled_ = true;
  schedule_();
}

void Inbox::drain() {
  {
    const std::lock_guard lock(mutex_);
    is_scheduled_ = false;
    items_.swap(draining_);
  }
  for (const auto& item : draining_) item->on_wake();
  draining_.clear();
}

void Inbox::close() {
  std::vector<std::shared_ptr<Wakeable>> dropped;
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  dropped.swap(items_);
}

ServerMetrics::ServerMetrics()
    : seconds_(metrics::histogram("guildhall_http_request_seconds", "From a request's first byte to its answer's last")) {
  for (std::size_t method = 0; method < 7; ++method) {
    for (std::size_t status = 0; status < 5; ++status) {
      const std::string labels =
          "method=\"" + std::string(name(static_cast<Method>(method))) + "\",status=\"" + std::to_string(status + 1) + "xx\"";
      requests_[method][status] = &metrics::counter("guildhall_http_requests_total", "Requests answered", labels);
    }
  }
}

void ServerMetrics::count(Method method, int status, std::int64_t duration_us) {
  const int status_class = status < 100 || status > 599 ? 5 : status / 100;
  requests_[static_cast<std::size_t>(method)][status_class - 1]->add();
  seconds_.observe_us(duration_us);
}

}  // namespace guildhall::net
