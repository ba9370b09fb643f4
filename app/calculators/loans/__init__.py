"""A loan: balances, contract rates, repayment plans, vouchers, and the interest of each day that counts."""
