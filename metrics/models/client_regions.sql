-- One row per client with its region: what a region goes through at once is nobody's own.
select
    client_id as unit,
    region
from clients
