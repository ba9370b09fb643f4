"""What a calculation will cost, estimated from the counts of its claim before it begins."""
