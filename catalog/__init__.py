"""What a course is: records, readers, checks, matching, history. Pure Python: no HTTP, Scrapy, Pelican or Whoosh."""
