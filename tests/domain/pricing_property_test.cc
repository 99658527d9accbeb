// What holds of every price, on random ones.
#include <random>

#include "common/domain/currency.h"
#include "services/quoting/price_rounding.h"
#include "services/quoting/pricing.h"
#include "tests/domain/catalogue_examples.h"

namespace leadstream::quoting {
namespace {

using domain::Decimal;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int64_t Below(int64_t bound) {
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(engine_);
  }
  // Up to so many digits, some of them after the point.
  Decimal Number(int64_t bound, int decimals) {
    return Decimal::Scaled(Below(bound), static_cast<int>(Below(decimals + 1)));
  }

 private:
  std::mt19937_64 engine_;
};

RoundingPolicy AnyPolicy(Random* random) {
  const int64_t kSteps[] = {1, 5, 10, 25, 50, 100, 500, 1000, 9900};
  RoundingPolicy policy;
  policy.set_direction(static_cast<RoundingPolicy::Direction>(random->Below(4)));
  if (random->Below(4) == 0) return policy;
  const int64_t step = kSteps[random->Below(9)];
  *policy.mutable_step() = Decimal::Scaled(step, 2).ToProto();
  if (random->Below(2) == 0)
    *policy.mutable_ending() = Decimal::Scaled(random->Below(step), 2).ToProto();
  return policy;
}

TEST(RoundingAPrice, EndsWhereItShouldInItsDirectionAndNoFartherThanAStep) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const Decimal amount = random.Number(1'000'000'000, 6);
    const RoundingPolicy policy = AnyPolicy(&random);
    const char* currency = random.Below(2) == 0 ? "EUR" : "JPY";
    const Decimal step = policy.has_step() ? Decimal::Of(policy.step())
                                           : Decimal::Scaled(1, domain::CurrencyDigits(currency));
    const Decimal ending = Decimal::Of(policy.ending());
    const Decimal rounded = RoundPrice(amount, policy, currency);
    SCOPED_TRACE(amount.ToString() + " " + policy.ShortDebugString());
    ASSERT_FALSE(rounded.IsNegative());
    if (rounded.IsPositive() || ending.IsZero()) {
      const Decimal multiple = rounded + ending;
      ASSERT_EQ(multiple, multiple.RoundedTo(step));
    }
    ASSERT_LT((rounded - amount).Abs(), step + ending) << rounded;
    if (policy.direction() == RoundingPolicy::UP) {
      ASSERT_GE(rounded, amount);
    } else if (policy.direction() == RoundingPolicy::DOWN) {
      ASSERT_LE(rounded, amount);
    } else if (rounded.IsPositive()) {
      ASSERT_LE((rounded - amount).Abs() * Decimal(2), step);
    }
    ASSERT_EQ(RoundPrice(rounded, policy, currency), rounded) << "once is enough";
  }
}

TEST(RoundingAPrice, KeepsTheOrderOfPrices) {
  Random random(2);
  for (int i = 0; i < 20'000; ++i) {
    const RoundingPolicy policy = AnyPolicy(&random);
    const Decimal a = random.Number(100'000, 3), b = random.Number(100'000, 3);
    ASSERT_LE(RoundPrice(std::min(a, b), policy, "EUR"), RoundPrice(std::max(a, b), policy, "EUR"))
        << policy.ShortDebugString();
  }
}

// A list with ascending discounts: whoever buys more pays no more for each.
TEST(VolumeTiers, NeverMakeAUnitDearerForBuyingMore) {
  Random random(3);
  for (int i = 0; i < 300; ++i) {
    PriceList list = Of<PriceList>("name: 'priceLists/any' currency: 'EUR'");
    PriceListItem& item = *list.add_items();
    item.set_product("products/panel");
    *item.mutable_amount() = random.Number(100'000, 4).ToProto();
    const bool percent = random.Below(2) == 0;
    int64_t from = 0;
    Decimal discount;
    for (int64_t tier = random.Below(6); tier > 0; --tier) {
      VolumeTier& added = *item.add_tiers();
      *added.mutable_from_quantity() = Decimal(from += 1 + random.Below(50)).ToProto();
      discount += random.Number(15, 2);
      *(percent ? added.mutable_percent() : added.mutable_amount()) = discount.ToProto();
    }
    const Shop shop = Shop().Put<PriceList>(list.ShortDebugString());
    Catalogue catalogue(shop);
    Pricing pricing(&catalogue, {list.name(), "EUR", std::nullopt});
    for (const char* unit : {"", "box"}) {
      Decimal before;
      for (int64_t quantity = 1; quantity < 300; quantity += 1 + random.Below(7)) {
        const ListPrice price = pricing.Of("products/panel", unit, Decimal(quantity));
        ASSERT_FALSE(price.problem);
        const Decimal each = price.unit_price - price.volume_discount;
        ASSERT_FALSE(each.IsNegative());
        if (quantity > 1) {
          ASSERT_LE(each, before) << list.ShortDebugString();
        }
        before = each;
      }
    }
  }
}

// A margin is what it is called: the cost is what is left of the price without it.
TEST(MarginAndMarkup, AreWhatTheyAreCalled) {
  Random random(4);
  for (int i = 0; i < 3'000; ++i) {
    const Decimal cost = Decimal::Scaled(1 + random.Below(10'000'000), 2);
    const Decimal percent = Decimal::Scaled(random.Below(9'999), 2);
    Shop shop;
    Product panel = Of<Product>(kPanel);
    panel.mutable_standard_cost()->set_units(cost.Units());
    panel.mutable_standard_cost()->set_nanos(
        static_cast<int32_t>(((cost - Decimal(cost.Units())) * Decimal(1'000'000'000)).Units()));
    shop.Put<Product>(panel.ShortDebugString());
    const auto price = [&](const char* method) {
      shop.Put<PriceList>(std::string("name: 'priceLists/any' currency: 'EUR' items { product: "
                                      "'products/panel' method: ") +
                          method + " percent { value: '" + percent.ToString() + "' } }");
      Catalogue catalogue(shop);
      const ListPrice found = Pricing(&catalogue, {"priceLists/any", "EUR", std::nullopt})
                                  .Of("products/panel", "", Decimal(1));
      EXPECT_FALSE(found.problem);
      return found.unit_price;
    };
    const Decimal half_a_cent = Decimal::Scaled(5, 3);
    const Decimal marked_up = price("MARKUP");
    ASSERT_LE((marked_up - cost - cost * percent.Percent()).Abs(), half_a_cent);
    const Decimal with_margin = price("MARGIN");
    ASSERT_LE((with_margin * (Decimal(1) - percent.Percent()) - cost).Abs(), half_a_cent);
    ASSERT_GE(with_margin, marked_up);
  }
}

}  // namespace
}  // namespace leadstream::quoting
