// A pipeline from a config whose ends are the program's own: it reads orders that are in memory, calls a
// function of the program's in the middle, and hands the sums back as structs.
#include <iostream>
#include <string>
#include <vector>

#include "weir/pipeline.hpp"
#include "weir/run.hpp"
#include "weir/typed_stages.hpp"

struct Order {
  std::string customer;
  std::string country;
  double price = 0;
};
struct Tax {
  double tax = 0;
};
struct Total {
  std::string customer;
  int orders = 0;
  double gross = 0;
};

Tax tax_of(const Order& order) {
  if (order.country == "DE") return {order.price * 0.19};
  if (order.country == "FR") return {order.price * 0.2};
  throw weir::RecordError("no tax is known for " + order.country);
}

int main(int argc, char** argv) try {
  const auto order_fields =
      weir::fields<Order>("customer", &Order::customer, "country", &Order::country, "price", &Order::price);
  const auto tax_fields = weir::fields<Tax>("tax", &Tax::tax);
  const auto total_fields =
      weir::fields<Total>("customer", &Total::customer, "orders", &Total::orders, "gross", &Total::gross);

  weir::StageRegistry registry = weir::StageRegistry::builtin();
  registry.add(weir::map_records("add_tax", order_fields, tax_fields, tax_of));

  const std::vector<Order> orders = {
      {"Ada", "DE", 100}, {"Emmy", "FR", 20}, {"Ada", "DE", 50}, {"Emmy", "XX", 80}};
  std::vector<Total> totals;
  const weir::Pipeline pipeline =
      weir::load_pipeline(argc > 1 ? argv[1] : "examples/orders.yaml",
                          {.registry = &registry,
                           .replace = {{"orders", weir::records_from(orders, order_fields)},
                                       {"totals", weir::records_to(totals, total_fields)}}});
  const weir::RunReport report = weir::run(pipeline.graph, pipeline.runtime);
  report.throw_if_failed();

  for (const Total& total : totals)
    std::cout << total.customer << ": " << total.orders << " orders, " << total.gross << '\n';
  for (const weir::StageReport& stage : report.stages)
    if (stage.skipped > 0) std::cout << stage.name << " left out " << stage.skipped << '\n';
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
