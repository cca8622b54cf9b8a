// Tarjan's strongly connected components (SIAM J. Comput. 1(2), 1972), with an explicit stack: the depth is a tenant's choice.
#include "cycles.h"

#include <algorithm>
#include <limits>

namespace guildhall::flow {
namespace {

constexpr std::size_t kUnvisited = std::numeric_limits<std::size_t>::max();

// One search over one graph; lives for the call.
class ComponentSearch {
 public:
  explicit ComponentSearch(const Graph& graph)
      : graph_(graph), order_(graph.outputs.size(), kUnvisited), low_(graph.outputs.size()), is_open_(graph.outputs.size()) {}

  std::vector<std::vector<std::size_t>> run() {
    for (const std::size_t vertex : graph_.vertices) {
      if (order_[vertex] == kUnvisited) visit_from(vertex);
    }
    return std::move(found_);
  }

 private:
  struct Frame {
    std::size_t vertex;
    std::size_t next_wire = 0;
  };

  void enter(std::size_t vertex) {
    order_[vertex] = low_[vertex] = visited_++;
    is_open_[vertex] = true;
    open_.push_back(vertex);
    frames_.push_back({vertex});
  }

  void visit_from(std::size_t root) {
    enter(root);
    while (!frames_.empty()) {
      const std::size_t vertex = frames_.back().vertex;
      const std::vector<Wire>& wires = graph_.outputs[vertex];
      if (frames_.back().next_wire < wires.size()) {
        const std::size_t next = wires[frames_.back().next_wire++].target;
        if (order_[next] == kUnvisited) {
          enter(next);
        } else if (is_open_[next]) {
          low_[vertex] = std::min(low_[vertex], order_[next]);
        }
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) low_[frames_.back().vertex] = std::min(low_[frames_.back().vertex], low_[vertex]);
      if (low_[vertex] == order_[vertex]) close(vertex);
    }
  }

  void close(std::size_t root) {
    std::vector<std::size_t> members;
    std::size_t member = 0;
    do {
      member = open_.back();
      open_.pop_back();
      is_open_[member] = false;
      members.push_back(member);
    } while (member != root);
    const auto& wires = graph_.outputs[root];
    const bool loops_itself = std::any_of(wires.begin(), wires.end(), [&](const Wire& wire) { return wire.target == root; });
    if (members.size() == 1 && !loops_itself) return;
    std::sort(members.begin(), members.end());
    found_.push_back(std::move(members));
  }

  const Graph& graph_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> low_;
  std::vector<bool> is_open_;
  std::vector<std::size_t> open_;
  std::vector<Frame> frames_;
  std::vector<std::vector<std::size_t>> found_;
  std::size_t visited_ = 0;
};

}  // namespace

std::vector<std::vector<std::size_t>> cycles_of(const Graph& graph) {
  return ComponentSearch(graph).run();
}

}  // namespace guildhall::flow
