-- One row per review of one order: a review id can stand for several orders, so the answer is the pair of both.
-- score: 1-5 stars, read as csat. It speaks of the delivery, the case of its order; cancelled orders have no case.
select
    reviews.review_id || '-' || reviews.order_id as answer_id,
    customers.customer_unique_id as client_id,
    'review' as survey,
    'csat' as instrument,
    reviews.review_score as score,
    reviews.review_answer_timestamp as answered_at,
    reviews.review_creation_date as asked_at,
    'web' as channel,
    'delivery' as stage,
    case when orders.order_status not in ('canceled', 'unavailable') then reviews.order_id end as case_id,
    reviews.order_id,
    nullif(concat_ws('. ', reviews.review_comment_title, reviews.review_comment_message), '') as comment,
    case
        when reviews.review_comment_title is not null or reviews.review_comment_message is not null then 'pt'
    end as language
from raw.reviews
join raw.orders using (order_id)
join raw.customers using (customer_id)
