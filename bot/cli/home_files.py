"""What `opsbot init` writes where there is nothing to guess from: every setting and every key, explained by example."""

from __future__ import annotations

# Each setting with its default behind a "#": what is taken off the "#" is set, all else follows later versions.
SETTINGS = """\
# Settings of opsbot. Each line that begins with "#" shows a default; take the "#" away to set another value.
# Secrets never stand here: TELEGRAM_TOKEN and OPSBOT_DATABASE_URL come from the environment.

zone = "{zone}"           # the shop's days and hours; as in sources.yaml
# week_start = "monday"          # or "sunday"
# language = "zh"                # of messages that answer no question, e.g. digests; answers follow the question

[telegram]
# admins = [123456789]           # user ids that may let others in; an unknown person is told their own id
# api_base_url = "https://api.telegram.org"
# poll_seconds = 25              # length of one long poll

[metrics]
# sources = "sources.yaml"       # where the tables are
# catalog = "catalog.yaml"       # your own metrics, values and names, added to the bundled ones
# calendar = "calendar.yaml"     # your own promotions
# poll_seconds = 3.0             # how often new or changed data files are looked for

[knowledge]
# folders = ["playbooks"]        # your documents
# bundled = true                 # also the review and playbooks that come with opsbot
# embedding = "builtin"          # or "hash", or a folder with an ONNX sentence model
# sync_seconds = 60.0

[digest]
# late_minutes = 180             # a digest that could not go out for longer is skipped, and said so
# tick_seconds = 15.0
"""

SOURCES = """\
# Where the rows of each table are. `opsbot init --data FOLDER --force` writes this file from your exports;
# by hand, correct the lines below until `opsbot check` prints what you expect.
zone: {zone}  # of times that name no zone

tables:
  orders:                        # one row an order, or one row a line of an order
    files: data/orders/*         # CSV (UTF-8, GBK), XLSX or Parquet; a pattern or a list of them, relative to this file
    columns:                     # what each column is called in the files; several names where exports differ
      order_id: [订单编号, Order ID]
      ordered_at: [付款时间, Paid at]     # when it was paid; with the time of ordering, unpaid orders count as well
      amount: [实付金额, Total]           # what was paid, before refunds
      # buyer_id: 买家ID                  # for buyers, average spend, repurchase
      # is_first_order: 是否首单          # for new buyers
      # units: 数量
      # category: 类目                    # the three cuts: category, channel, region
      # channel: 渠道
      # region: 大区
    # drop: {{订单状态: [交易关闭, 等待买家付款]}}     # rows that do not count; keep: names those that do
    # values: {{category: {{宠物用品: 家居}}}}         # value in the files: value in the catalogue
    # derive: {{amount: 商品单价 * 数量 - 优惠金额}}   # a column worked out of others
    # constants: {{channel: 货架}}                   # one value for every row
  # refunds:                     # refund amount, refund rate
  #   files: data/refunds/*
  #   columns: {{refund_id: 退款编号, order_id: 订单编号, refunded_at: 退款完结时间, amount: 退款金额}}
  #   keep: {{退款状态: [退款成功]}}
  # traffic:                     # visitors, conversion rate; one row an hour or a day
  #   files: data/traffic/*
  #   columns: {{hour: 统计日期, visitors: 访客数}}
  # ads:                         # ad spend, ROI, cost of new buyers; one row a day
  #   files: data/ads/*
  #   columns: {{day: 日期, impressions: 展现量, clicks: 点击量, spend: 花费, leads: 线索量}}
  # service:                     # satisfaction, same-day delivery; one row a day
  #   files: data/service/*
  #   columns: {{day: 日期, ratings: 评价数, satisfied_ratings: 好评数, delivered: 签收数, delivered_same_day: 当日达}}
  # inventory:                   # days of stock; one row a day
  #   files: data/inventory/*
  #   columns: {{day: 日期, stock_units: 库存数量, sold_units: 销量}}
# targets:                       # month, catalogue id of the metric, category (empty: the whole shop), value
#   files: data/targets/*
#   columns: {{month: 月份, metric: 指标, category: 类目, value: 目标值}}
"""
