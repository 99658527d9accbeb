#include "cli/export/duckdb_views.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include <map>
#include <set>
#include <vector>

namespace leadstream::exporting {
namespace {

// How an event tells of an opportunity's stage.
struct StageEvent {
  const char* type;
  const char* columns;  // stage, probability, forecast_category
};
constexpr StageEvent kStageEvents[] = {
    {"OpportunityCreated",
     "data.opportunity.stage, data.opportunity.probability, data.opportunity.forecast_category"},
    {"OpportunityMovedToStage", "data.stage, data.probability, data.forecast_category"},
    {"OpportunityMigrated", "data.stage, data.probability, data.forecast_category"},
    {"OpportunityWon", "'(won)', 100, 'CLOSED'"},
    {"OpportunityLost", "'(lost)', 0, 'OMITTED'"},
    {"OpportunityReopened", "NULL, data.probability, data.forecast_category"},
};

// What follows from the resources alone. "Paid" is what payments less refunds come to.
constexpr char kViews[] = R"sql(
-- Each lead with what became of it, as far as it came.
CREATE OR REPLACE VIEW cycle_times AS
WITH quoted AS (
  SELECT opportunity, min(create_time) AS quoted, min(activate_time) AS sent, max(close_time) FILTER (state = 'WON') AS accepted
  FROM quotes GROUP BY opportunity),
ordered AS (
  SELECT opportunity, min(create_time) AS ordered, max(fulfill_time) AS fulfilled FROM orders WHERE state <> 'CANCELED' GROUP BY opportunity),
payments AS (
  SELECT invoice, max(payment.create_time) AS last FROM (SELECT name AS invoice, unnest(payments) AS payment FROM invoices) GROUP BY invoice),
billed AS (
  SELECT o.opportunity, min(i.issue_time) AS invoiced,
    CASE WHEN bool_and(i.payment_state IN ('PAID', 'OVERPAID')) THEN max(p.last) END AS paid
  FROM invoices i JOIN orders o ON o.name = i."order" LEFT JOIN payments p ON p.invoice = i.name
  WHERE i.type = 'INVOICE' AND i.state = 'ISSUED' GROUP BY o.opportunity)
SELECT l.name AS lead, l.source, coalesce(p.owner, l.owner) AS owner, l.state AS lead_state, p.name AS opportunity, p.state AS opportunity_state,
  coalesce(l.inquiry_time, l.create_time) AS inquired, l.create_time AS recorded, p.create_time AS qualified,
  q.quoted, q.sent, q.accepted, o.ordered, o.fulfilled, b.invoiced, b.paid,
  date_diff('second', coalesce(l.inquiry_time, l.create_time), p.create_time) / 86400.0 AS days_to_qualify,
  date_diff('second', p.create_time, q.sent) / 86400.0 AS days_to_quote,
  date_diff('second', q.sent, o.ordered) / 86400.0 AS days_to_order,
  date_diff('second', o.ordered, b.invoiced) / 86400.0 AS days_to_invoice,
  date_diff('second', b.invoiced, b.paid) / 86400.0 AS days_to_pay,
  date_diff('second', coalesce(l.inquiry_time, l.create_time), b.paid) / 86400.0 AS days_in_all
FROM leads l
LEFT JOIN opportunities p ON p.lead = l.name
LEFT JOIN quoted q ON q.opportunity = p.name
LEFT JOIN ordered o ON o.opportunity = p.name
LEFT JOIN billed b ON b.opportunity = p.name;

CREATE OR REPLACE VIEW funnel AS
SELECT CAST(date_trunc('month', inquired) AS DATE) AS month, source,
  count(*) AS inquiries, count(qualified) AS qualified, count(sent) AS quoted, count(ordered) AS ordered,
  count(invoiced) AS invoiced, count(paid) AS paid,
  median(days_to_qualify) AS median_days_to_qualify, median(days_in_all) AS median_days_in_all
FROM cycle_times GROUP BY ALL ORDER BY month, source;

-- Each order, from the quote that was accepted to what is owed.
CREATE OR REPLACE VIEW quote_to_cash AS
WITH billed AS (
  SELECT "order",
    sum(totals.total.amount) FILTER (type = 'INVOICE') AS invoiced,
    sum(totals.total.amount) FILTER (type = 'CREDIT_NOTE' AND credited_type IS DISTINCT FROM 'DEPOSIT') AS credited,
    sum(paid_amount.amount) FILTER (type <> 'CREDIT_NOTE') AS paid, sum(balance.amount) FILTER (type <> 'CREDIT_NOTE') AS owed,
    min(issue_date) FILTER (type = 'INVOICE') AS first_invoice, max(due_date) FILTER (type <> 'CREDIT_NOTE') AS last_due
  FROM invoices WHERE state = 'ISSUED' GROUP BY "order")
SELECT o.name AS "order", o.number, o.opportunity, p.lead, l.source, coalesce(p.owner, o.owner) AS owner, o.account, o.state, o.billing_state, o.currency,
  q.totals.total.amount AS quoted, o.totals.total.amount AS ordered, o.effective_totals.total.amount AS ordered_less_canceled,
  coalesce(b.invoiced, 0) AS invoiced, coalesce(b.credited, 0) AS credited, coalesce(b.paid, 0) AS paid, coalesce(b.owed, 0) AS owed,
  CAST(q.create_time AS DATE) AS quoted_on, CAST(o.create_time AS DATE) AS ordered_on, b.first_invoice, b.last_due
FROM orders o
LEFT JOIN quotes q ON q.name = o.quote
LEFT JOIN opportunities p ON p.name = o.opportunity
LEFT JOIN leads l ON l.name = p.lead
LEFT JOIN billed b ON b."order" = o.name;

CREATE OR REPLACE VIEW win_loss AS
SELECT CAST(date_trunc('month', p.actual_close_date) AS DATE) AS month, p.state, coalesce(p.owner, l.owner) AS owner, l.source,
  CASE WHEN p.state = 'LOST' THEN p.status END AS reason, CASE WHEN p.state = 'LOST' THEN p.lost_to END AS lost_to,
  coalesce(p.actual_revenue.currency_code, p.estimated_revenue.currency_code, p.currency) AS currency,
  count(*) AS opportunities, sum(coalesce(p.actual_revenue.amount, p.estimated_revenue.amount)) AS revenue
FROM opportunities p LEFT JOIN leads l ON l.name = p.lead
WHERE p.state IN ('WON', 'LOST') GROUP BY ALL ORDER BY month, p.state;

-- Invoiced and credited in the month of the document, paid in the month of the payment. A deposit is no revenue until an invoice bills
-- what it was for; what is paid on it is paid.
CREATE OR REPLACE VIEW revenue_by_month AS
WITH moved AS (
  SELECT name AS invoice, "order", currency, issue_date AS day,
    CASE WHEN type = 'INVOICE' THEN totals.total.amount ELSE 0 END AS invoiced,
    CASE WHEN type = 'INVOICE' THEN totals.net.amount ELSE -totals.net.amount END AS net,
    CASE WHEN type = 'CREDIT_NOTE' THEN totals.total.amount ELSE 0 END AS credited, 0 AS paid
  FROM invoices WHERE state = 'ISSUED' AND type <> 'DEPOSIT' AND credited_type IS DISTINCT FROM 'DEPOSIT'
  UNION ALL
  SELECT i.invoice, i."order", i.currency, i.payment.date, 0, 0, 0,
    CASE WHEN i.payment.kind = 'REFUND' THEN -i.payment.amount.amount ELSE i.payment.amount.amount END
  FROM (SELECT name AS invoice, "order", currency, unnest(payments) AS payment FROM invoices WHERE state = 'ISSUED' AND type <> 'CREDIT_NOTE') i)
SELECT CAST(date_trunc('month', m.day) AS DATE) AS month, l.source, coalesce(p.owner, o.owner) AS owner, m.currency,
  sum(m.net) AS net, sum(m.invoiced) AS invoiced, sum(m.credited) AS credited, sum(m.paid) AS paid
FROM moved m
LEFT JOIN orders o ON o.name = m."order"
LEFT JOIN opportunities p ON p.name = o.opportunity
LEFT JOIN leads l ON l.name = p.lead
GROUP BY ALL ORDER BY month, l.source;
)sql";

std::string Quoted(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}}), "'");
}

std::string PipelineHistory(const std::set<std::string>& types) {
  std::vector<std::string> told;
  for (const StageEvent& event : kStageEvents) {
    if (!types.contains(event.type)) continue;
    told.push_back(absl::StrCat("  SELECT resource, revision, time, actor, '", event.type, "', ",
                                event.columns, " FROM events.\"", event.type, "\"\n"));
  }
  if (told.empty()) return "";
  return absl::StrCat(
      "\nCREATE OR REPLACE VIEW pipeline_history AS\n"
      "WITH told(opportunity, revision, since, actor, event, stage, probability, "
      "forecast_category) AS (\n",
      absl::StrJoin(told, "  UNION ALL\n"),
      ")\nSELECT *, lead(since) OVER (PARTITION BY opportunity ORDER BY revision) AS until\n"
      "FROM told ORDER BY opportunity, revision;\n");
}

}  // namespace

std::string DuckDbScript(const std::string& directory, const Manifest& manifest) {
  std::string script = "CREATE SCHEMA IF NOT EXISTS events;\n";
  std::set<std::string> types;
  std::map<std::string, std::vector<std::string>> resources;
  for (const ExportedFile& file : manifest.files) {
    // events/context=C/type=T/day=D/F, or resources/R/F
    const std::vector<std::string> parts = absl::StrSplit(file.path, '/');
    if (parts[0] == "events") {
      types.emplace(absl::StripPrefix(parts[2], "type="));
    } else {
      resources[parts[1]].push_back(Quoted(absl::StrCat(directory, "/", file.path)));
    }
  }
  for (const std::string& type : types) {
    absl::StrAppend(&script, "CREATE OR REPLACE VIEW events.\"", type,
                    "\" AS SELECT * FROM read_parquet(",
                    Quoted(absl::StrCat(directory, "/events/*/type=", type, "/*/*.parquet")),
                    ", hive_partitioning = true, union_by_name = true);\n");
  }
  for (const auto& [name, files] : resources) {
    absl::StrAppend(&script, "CREATE OR REPLACE VIEW \"", name,
                    "\" AS SELECT * FROM read_parquet([", absl::StrJoin(files, ", "), "]);\n");
  }
  for (const char* needed : {"leads", "opportunities", "quotes", "orders", "invoices"}) {
    if (!resources.contains(needed)) return script;  // a log without those services
  }
  return absl::StrCat(script, kViews, PipelineHistory(types));
}

}  // namespace leadstream::exporting
