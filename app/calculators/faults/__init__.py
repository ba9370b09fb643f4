"""What is wrong with a table, in Chinese and in English: one text for each fault, told where it is found."""
